/**
 * Vectors of 256 bits by request: with `TAPEGRAD_NATIVE=avx2` in the environment, Node's engine is asked to join pairs of 128-bit vectors while it
 * compiles the matrix product. That is an experiment of the engine; the result is tried out before it is used.
 */
import { warn } from '../../errors.ts'
import { wasmMemory } from '../../memory.ts'
import { instantiate } from './engine.ts'
import { scratch } from './scratch.ts'

interface NodeProcess {
  readonly arch: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly versions: Readonly<Record<string, string | undefined>>
  getBuiltinModule?(name: string): unknown
}

const node = (): NodeProcess | undefined => (globalThis as { process?: NodeProcess }).process

/** Flags of V8 and what undoes them. They hold for one compilation, which is therefore eager and optimized at once. */
const flags = [
  ['--experimental-wasm-revectorize', '--no-experimental-wasm-revectorize'],
  ['--no-liftoff', '--liftoff'],
  ['--no-wasm-lazy-compilation', '--wasm-lazy-compilation'],
  // Code that was both inlined and joined has ended the process of Node 26.
  ['--no-wasm-inlining', '--wasm-inlining'],
] as const

/** The first version of V8 that this was tried with: Node 24's. */
const FIRST = [13, 6] as const

/** Why the request cannot be met; null where it can. */
function obstacle(): string | null {
  const { arch, versions, getBuiltinModule } = node() as NodeProcess
  const [major = 0, minor = 0] = (versions['v8'] ?? '').split('.').map(Number)
  if (getBuiltinModule === undefined || major < FIRST[0] || (major === FIRST[0] && minor < FIRST[1])) return 'it takes Node 24 or newer'
  return arch === 'x64' ? null : `it takes an x64 processor, and this is ${arch}`
}

type Gemm = (...args: number[]) => void
type Kernels = Record<string, unknown>

/** Shapes with and without whole tiles, several blocks along k, and both ways to read B. */
const trials = [
  [64, 64, 64],
  [6, 16, 1],
  [13, 37, 300],
  [61, 70, 257],
  [5, 21, 40],
] as const

/** Whether two products give the same for small integers, which no order of rounding can change. */
function agree(tried: Kernels, trusted: Kernels, workspace: number): boolean {
  const LARGEST = 64 * 300
  for (const [dtype, array, size] of [
    ['float32', Float32Array, 4],
    ['float64', Float64Array, 8],
  ] as const)
    for (const [m, n, k] of trials)
      for (const [bRow, bColumn] of [
        [n, 1],
        [1, k],
      ] as const) {
        const room = scratch(workspace + 4 * LARGEST * size)
        const [a, b, c, d] = [0, 1, 2, 3].map((i) => room + workspace + i * LARGEST * size) as [number, number, number, number]
        const at = (pointer: number, length: number) => new array(wasmMemory().buffer, pointer, length)
        for (const [matrix, length] of [
          [at(a, m * k), m * k],
          [at(b, k * n), k * n],
        ] as const)
          for (let i = 0; i < length; i++) matrix[i] = ((i * 7919) % 17) - 8
        ;(tried[dtype] as Gemm)(m, n, k, a, k, 1, b, bRow, bColumn, c, n, 0, room)
        ;(trusted[dtype] as Gemm)(m, n, k, a, k, 1, b, bRow, bColumn, d, n, 0, room)
        const [x, y] = [at(c, m * n), at(d, m * n)]
        for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false
      }
  return true
}

/** The product with joined vectors, or null where nobody asked for it or it cannot be had. */
export function nativeProduct(bytes: () => Uint8Array, trusted: () => Kernels, workspace: number): Kernels | null {
  const wish = node()?.env?.['TAPEGRAD_NATIVE']
  if (wish === undefined || wish === '') return null
  const refuse = (why: string): null => {
    warn(`TAPEGRAD_NATIVE=${wish} is ignored: ${why}`)
    return null
  }
  if (wish !== 'avx2') return refuse("'avx2' is all that there is")
  const why = obstacle()
  if (why !== null) return refuse(why)
  try {
    const v8 = node()?.getBuiltinModule?.('node:v8') as { setFlagsFromString(flag: string): void }
    for (const [on] of flags) v8.setFlagsFromString(on)
    let tried: Kernels
    try {
      tried = instantiate(bytes())
    } finally {
      for (const [, off] of flags) v8.setFlagsFromString(off)
    }
    return agree(tried, trusted(), workspace) ? tried : refuse('the kernels failed their trial')
  } catch (error) {
    return refuse(String(error))
  }
}
