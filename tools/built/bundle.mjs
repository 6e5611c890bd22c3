/** A program over the built packages as a browser gets it: one file, made by esbuild as a user would. */
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../steps.mjs'

/** The table that every program trains on. */
export const table = join(root, 'examples/data/breast-cancer.csv')

/** The code of `tools/built/<name>.mjs` and of everything that it imports. */
export async function bundle(name) {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'tools/built', `${name}.mjs`)],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    write: false,
    logLevel: 'error',
  })
  return outputFiles[0].text
}
