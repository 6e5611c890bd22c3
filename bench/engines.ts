/** Where the engines are, and what runs them. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface Engine {
  readonly name: string
  readonly path: string
  readonly flags: readonly string[]
  readonly version: string
  readonly v8: string
}

/** Flags that change what a figure means: named wherever one is used. */
const variants: Readonly<Record<string, readonly string[]>> = {
  // 128-bit vector instructions become pairs, that is AVX2; experimental, and safe on Node 26 only without inlining.
  revectorize: ['--experimental-wasm-revectorize', '--no-wasm-inlining'],
}

/** `24` is the running engine or the package `node24-...` of `bench/package.json`; `24+revectorize` the same with flags. */
export function findEngine(name: string, folder: string): Engine {
  const [major = '', variant] = name.split('+')
  const flags = variant === undefined ? [] : variants[variant]
  if (flags === undefined) throw new Error(`there is no variant ${variant}; there is ${Object.keys(variants).join(', ')}`)
  const installed = join(folder, `node_modules/node${major}-${process.platform}-${process.arch}/bin/node`)
  const path = process.versions.node.startsWith(`${major}.`) ? process.execPath : installed
  if (!existsSync(path)) throw new Error(`Node ${major} is not installed for ${process.platform}-${process.arch}`)
  const { status, stdout, stderr } = spawnSync(path, [...flags, '-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Node ${name} does not run: ${stderr.trim().split('\n')[0]}`)
  const { node, v8 } = JSON.parse(stdout) as { node: string; v8: string }
  return { name, path, flags, version: `v${node}`, v8 }
}

/** A Python that has PyTorch: `PYTHON`, or the usual ones; `null` where there is none. */
export function findPython(): string | null {
  const { PYTHON } = process.env
  const candidates = PYTHON === undefined ? ['python3', '/usr/bin/python3'] : [PYTHON]
  return candidates.find((python) => spawnSync(python, ['-c', 'import torch, numpy']).status === 0) ?? null
}
