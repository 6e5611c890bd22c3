import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { embedKernels } from '../tools/embed.ts'

/** What a browser would get for this program. */
async function bundle(program: string): Promise<{ code: string; bytes: number; inputs: string[] }> {
  const result = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL('../../..', import.meta.url)), loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@tapegrad/source'],
    minify: true,
    plugins: [embedKernels],
    metafile: true,
    write: false,
  })
  const code = result.outputFiles[0]?.text as string
  return { code, bytes: gzipSync(code).length, inputs: Object.keys(result.metafile.inputs) }
}

describe('a bundle for the browser', () => {
  it('of everything pulls in no module of Node', async () => {
    const { code, inputs } = await bundle("import * as t from '@tapegrad/core'; console.log(t)")
    expect(inputs.filter((f) => f.startsWith('node:'))).toEqual([])
    expect(code).not.toMatch(/from\s*["']node:|require\(["']/)
  })

  it('of tensor alone is small and leaves out what is no method', async () => {
    const { code, bytes } = await bundle("import { tensor } from '@tapegrad/core'; console.log(tensor(1).add(1))")
    expect(bytes).toBeLessThan(127_000)
    // What PyTorch has as functions only goes when it is not used.
    const functions = [
      'BinaryCrossEntropyBackward0',
      'SoftplusBackward0',
      'MseLossBackward0',
      'GeluBackward0',
      'GradcheckError',
      'the function reads values of a tensor',
    ]
    const everything = (await bundle("import * as t from '@tapegrad/core'; import * as u from '@tapegrad/core/testing'; console.log(t, u)"))
      .code
    expect(functions.filter((name) => !everything.includes(name))).toEqual([])
    expect(functions.filter((name) => code.includes(name))).toEqual([])
  })

  it('leaves the methods in', async () => {
    const { code } = await bundle("import { tensor } from '@tapegrad/core'; console.log(tensor(1).exp())")
    const lines: string[] = []
    const { log } = console
    console.log = (x: unknown) => lines.push(String(x))
    try {
      await import(`data:text/javascript,${encodeURIComponent(code)}`)
    } finally {
      console.log = log
    }
    expect(lines).toEqual(['2.7182817459106445'])
  })
})
