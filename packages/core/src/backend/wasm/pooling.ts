/** Windows over planes and maps of lines as WebAssembly. */
import { itemsize } from '../../dtype.ts'
import { wasmMemory } from '../../memory.ts'
import type { LinePairs, Spans, Spans3, View } from '../backend.ts'
import { ModuleBuilder } from './assembler.ts'
import { instantiate } from './engine.ts'
import { type FloatType, floatTypes } from './float-type.ts'
import { emitMapLines } from './lines.ts'
import { scratch } from './scratch.ts'
import { emitPool, type PoolKind, type PoolStep } from './windows.ts'

type Kernel = (...args: number[]) => void

const steps: readonly PoolStep[] = [1, 2, 'any']

let functions: Record<string, unknown> | null = null

function build(): Record<string, unknown> {
  const module = new ModuleBuilder()
  for (const type of Object.values(floatTypes)) {
    for (const kind of ['max', 'sum'] as const)
      for (const step of steps) emitPool(module, kind, { type, step, name: `${kind} ${step} ${type.bits}` })
    emitMapLines(module, { type, name: `lines ${type.bits}` })
  }
  return instantiate(module.build())
}

const kernel = (name: string): Kernel => {
  functions ??= build()
  return functions[name] as Kernel
}

/** The type of all views, where they are dense in the memory and of one floating-point dtype. */
function commonType(...views: readonly View[]): FloatType | null {
  const dtype = (views[0] as View).dtype
  if (dtype !== 'float32' && dtype !== 'float64') return null
  return views.every((v) => v.dtype === dtype && v.pointer !== 0) ? floatTypes[dtype] : null
}

const addressOf = (v: View): number => v.pointer + v.offset * itemsize(v.dtype)

/** The longest run of windows around the middle that are of one size and evenly apart. */
function evenRun({ start, end }: Spans): { from: number; to: number; stride: number } {
  const n = start.length
  if (n < 2) return { from: 0, to: 0, stride: 1 }
  const middle = (n - 1) >> 1
  const at = (table: Int32Array, i: number): number => table[i] as number
  const stride = at(start, middle + 1) - at(start, middle)
  const length = at(end, middle) - at(start, middle)
  const alike = (i: number): boolean => at(end, i) - at(start, i) === length && at(start, i) - at(start, middle) === (i - middle) * stride
  let [from, to] = [middle, middle + 1]
  while (from > 0 && alike(from - 1)) from--
  while (to < n && alike(to)) to++
  return { from, to, stride }
}

function pool(kind: PoolKind, x: View, windows: Spans3, divisor: number, out: View, indices: View | null): boolean {
  const type = commonType(x, out)
  if (type === null || indices?.pointer === 0) return false
  const [planes, depth, height, width] = x.shape as [number, number, number, number]
  const even = evenRun(windows[2])
  const step: PoolStep = even.stride === 1 || even.stride === 2 ? even.stride : 'any'
  const run = kernel(`${kind} ${step} ${type.bits}`)
  const tables = windows.flatMap((w) => [w.start, w.end])
  // Before any address is taken: making room may collect what nobody holds any more.
  let at = scratch(4 * tables.reduce((n, table) => n + table.length, 0))
  const places = tables.map((table) => {
    new Int32Array(wasmMemory().buffer, at, table.length).set(table)
    at += 4 * table.length
    return at - 4 * table.length
  })
  run(
    planes,
    addressOf(x),
    addressOf(out),
    indices === null ? 0 : addressOf(indices),
    height,
    width,
    depth * height * width,
    ...windows.map((w) => w.start.length),
    ...places,
    ...windows.map((w) => w.step),
    even.from,
    even.to,
    even.stride,
    divisor,
  )
  return true
}

/** The greatest of each window; false where it has to be the reference's work. */
export const maxPool = (x: View, windows: Spans3, values: View, indices: View): boolean => pool('max', x, windows, 1, values, indices)

/** The sum of each window, divided; false where it has to be the reference's work. */
export const sumPool = (x: View, windows: Spans3, divisor: number, out: View): boolean => pool('sum', x, windows, divisor, out, null)

/** Maps lines; false where it has to be the reference's work. */
export function mapLines(x: View, { from, to, weight }: LinePairs, out: View): boolean {
  const type = commonType(x, out)
  if (type === null) return false
  const [outer, n, inner] = x.shape as [number, number, number]
  const length = out.shape[1] as number
  const run = kernel(`lines ${type.bits}`)
  const pairs = from.length
  const weights = scratch(pairs * (type.size + 8))
  const sources = weights + pairs * type.size
  const { buffer } = wasmMemory()
  const factors = type.bits === 32 ? new Float32Array(buffer, weights, pairs) : new Float64Array(buffer, weights, pairs)
  if (weight === null) factors.fill(1)
  else factors.set(weight)
  const line = inner * type.size
  const offsets = new Int32Array(buffer, sources, 2 * pairs)
  for (let p = 0; p < pairs; p++) {
    offsets[p] = (from[p] as number) * line
    offsets[pairs + p] = (to[p] as number) * line
  }
  run(outer, inner, addressOf(x), n * line, addressOf(out), length * line, pairs, sources, sources + 4 * pairs, weights)
  return true
}
