/** The program of each contender: the worker, bundled once, in an engine; Python for PyTorch. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Engine } from './engines.ts'
import type { Program } from './process.ts'
import type { ContenderName } from './task.ts'

/** Bundles worker and contenders; the libraries stay outside, so that ours is measured as it is published. */
export async function buildWorker(folder: string): Promise<string> {
  await build({
    entryPoints: [join(folder, 'worker.ts')],
    outdir: join(folder, 'dist'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  })
  return join(folder, 'dist/worker.mjs')
}

/** `null` where there is no Python with PyTorch. */
export function programOf(name: ContenderName, engine: Engine, worker: string, python: string | null, folder: string): Program | null {
  if (name !== 'torch') return { command: engine.path, args: [...engine.flags, worker, name] }
  return python === null ? null : { command: python, args: [join(folder, 'torch_contender.py')] }
}

/** The versions that the manifests state; PyTorch tells its own. */
export function versionsOf(folder: string): Record<string, string> {
  const read = (path: string): Record<string, Record<string, string>> => JSON.parse(readFileSync(join(folder, path), 'utf8'))
  const { optionalDependencies: peers = {} } = read('package.json')
  const tfjs = peers['@tensorflow/tfjs'] as string
  return {
    tapegrad: String(read('../packages/core/package.json')['version']),
    'tfjs-cpu': tfjs,
    'tfjs-wasm': tfjs,
    'jax-js': peers['@jax-js/jax'] as string,
    'js-pytorch': peers['js-pytorch'] as string,
    'brain.js': peers['brain.js'] as string,
  }
}
