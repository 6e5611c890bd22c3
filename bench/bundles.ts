/** What a browser has to load: minified by esbuild, compressed by gzip. */
import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { Cell } from './results.ts'
import type { ContenderName } from './task.ts'

const use = (names: string, from: string): string => `import { ${names} } from '${from}'; console.log(${names})`
const all = (...packages: string[]): string => packages.map((name, i) => `export * as p${i} from '${name}'`).join(';')

const jsPytorch = "import './node_modules/js-pytorch/dist/js-pytorch-browser.js'"

/** The program of each contender: what a logistic step needs, and everything. */
const programs: Readonly<Partial<Record<ContenderName, readonly [string, string]>>> = {
  tapegrad: [
    [use('tensor', '@tapegrad/core'), use('Linear, BCEWithLogitsLoss', '@tapegrad/nn'), use('SGD', '@tapegrad/optim')].join(';'),
    all('@tapegrad/core', '@tapegrad/nn', '@tapegrad/optim', '@tapegrad/data'),
  ],
  'tfjs-cpu': [use('tensor, variable, zeros, matMul, add, losses, train, setBackend', '@tensorflow/tfjs'), all('@tensorflow/tfjs')],
  'tfjs-wasm': [
    `${use('tensor, variable, zeros, matMul, add, losses, train, setBackend', '@tensorflow/tfjs')};import '@tensorflow/tfjs-backend-wasm'`,
    all('@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'),
  ],
  'jax-js': [use('init, numpy, nn, valueAndGrad, jit', '@jax-js/jax'), all('@jax-js/jax')],
  // Its bundle for browsers; the other one loads GPU.js by `require`.
  'js-pytorch': [jsPytorch, jsPytorch],
  'brain.js': ["import brain from 'brain.js'; console.log(brain)", "import brain from 'brain.js'; console.log(brain)"],
}

/** Loaded beside the script. */
const assets: Readonly<Partial<Record<ContenderName, string>>> = {
  'tfjs-wasm': 'node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm',
}

/** `best` is KB after gzip, `median` KB before. */
export async function bundleCell(contender: ContenderName, part: 'step' | 'everything', folder: string): Promise<Cell> {
  const program = programs[contender]?.[part === 'step' ? 0 : 1]
  if (program === undefined) return { contender, status: 'missing', why: 'not for browsers' }
  try {
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: folder },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      // Node's own modules are behind checks that browsers do not pass.
      external: ['node:*', ...builtinModules, 'gl'],
      logLevel: 'silent',
    })
    const asset = assets[contender]
    const files = [
      outputFiles[0]!.contents,
      ...(asset !== undefined && existsSync(join(folder, asset)) ? [readFileSync(join(folder, asset))] : []),
    ]
    const sum = (sizes: number[]): number => sizes.reduce((a, b) => a + b, 0) / 1000
    return {
      contender,
      status: 'ok',
      best: sum(files.map((f) => gzipSync(f, { level: 9 }).length)),
      median: sum(files.map((f) => f.length)),
    }
  } catch (error) {
    const words = String((error as Error).message)
    return words.includes('Could not resolve')
      ? { contender, status: 'missing', why: 'is not installed' }
      : { contender, status: 'failed', why: words.split('\n')[1] ?? words }
  }
}
