/** Copies as WebAssembly: finds the move for two layouts, and the conversion for two dtypes. */
import { type DType, itemsize } from '../../dtype.ts'
import { compile, input, type Program } from '../../expr.ts'
import { broadcastStrides, isContiguous, numelOf, sameShape } from '../../layout.ts'
import type { View } from '../backend.ts'
import { ModuleBuilder } from './assembler.ts'
import { baseKernels } from './base.ts'
import { emitConversion } from './convert.ts'
import { instantiate } from './engine.ts'
import { Plan, Walked } from './plan.ts'
import { map } from './pointwise-calls.ts'

type Move = (...args: number[]) => number

/** Bytes from which on a run of elements is left to the engine's own copy. */
const LONG = 1 << 15

const conversions = new Map<string, Move>()

function conversionOf(from: DType, to: DType): Move {
  const key = `${from} ${to}`
  let known = conversions.get(key)
  if (known === undefined) {
    const module = new ModuleBuilder()
    emitConversion(module, from, to)
    known = instantiate(module.build())['convert'] as Move
    conversions.set(key, known)
  }
  return known
}

/** Whether the bytes of one dtype are good as those of the other. */
const alike = (from: DType, to: DType): boolean =>
  from === to || (from === 'bool' && (to === 'uint8' || to === 'int8')) || (from === 'int64' && to === 'float64')

/** The walk of the copy at hand: kept, so that planning makes no arrays. */
const plan = /* @__PURE__ */ new Plan(2)

/** Moves the elements along the walk. */
function move(to: number, from: number, size: number): void {
  const moves = baseKernels('copies')
  const { n } = plan
  const [a, b] = plan.strides as [number[], number[]]
  const c = plan.dims - 1
  const [toStep, fromStep] = [a[c] as number, b[c] as number]
  // The dimension along which the source is contiguous goes next to the innermost.
  let turned = false
  if (size >= 4 && toStep === 1 && fromStep > 1)
    for (let d = c - 1; d >= 0 && !turned; d--)
      if (b[d] === 1) {
        plan.bring(d, c - 1)
        turned = true
      }
  const kind = toStep === 1 && fromStep === 1 ? 'rows' : toStep === 1 && fromStep === 0 ? 'fill' : turned ? 'transpose' : 'strided'
  const run = moves[kind === 'rows' ? kind : `${kind} ${size}`] as Move
  const [x, y] = [c - 2, c - 1]
  const s = (strides: readonly number[], d: number): number => (strides[d] as number) * size
  const [n0, n1, n2] = [n[x] as number, n[y] as number, n[c] as number]
  const [t0, t1, t2, s0, s1, s2] = [s(a, x), s(a, y), s(a, c), s(b, x), s(b, y), s(b, c)]
  const last = kind === 'rows' ? n2 * size : n2
  plan.outer(3, ([o, i]) => {
    const [p, q] = [from + (i as number) * size, to + (o as number) * size]
    if (kind === 'transpose') run(n0, n1, n2, p, s0, s2, q, t0, t1)
    else if (kind === 'strided') run(n0, n1, n2, p, s0, s1, s2, q, t0, t1, t2)
    else run(n0, n1, last, p, s0, s1, q, t0, t1)
  })
}

let identity: Program | null = null

/** Runs the program that changes nothing but the dtype; false where that has no kernel. */
function cast(from: View, to: View): boolean {
  if (to.dtype !== 'float32' && to.dtype !== 'float64' && to.dtype !== 'bool') return false
  identity ??= compile(input(0))
  // Floats keep apart from 0 what bool asks about; doubles might be lost in them.
  const small = to.dtype === 'float32' || (to.dtype === 'bool' && itemsize(from.dtype) < 8 && from.dtype !== 'int32')
  return map(identity, small ? 'float32' : 'float64', to, [from])
}

/** Converts element by element; false where a number has no place in the dtype. */
function convert(from: View, to: View, fromAt: number, toAt: number): boolean {
  const run = conversionOf(from.dtype, to.dtype)
  const [toSize, fromSize] = [itemsize(to.dtype), itemsize(from.dtype)]
  const { n, dims } = plan
  const [a, b] = plan.strides as [number[], number[]]
  const [x, y, c] = [dims - 3, dims - 2, dims - 1]
  const t = (d: number): number => (a[d] as number) * toSize
  const s = (d: number): number => (b[d] as number) * fromSize
  let bad = 0
  plan.outer(3, ([o, i]) => {
    const [p, q] = [fromAt + (i as number) * fromSize, toAt + (o as number) * toSize]
    bad |= run(n[x] as number, n[y] as number, n[c] as number, p, s(x), s(y), s(c), q, t(x), t(y), t(c))
  })
  return bad === 0
}

/** Copies, converting from dtype to dtype; false where it has to be the reference's work. */
export function copy(from: View, to: View): boolean {
  if (from.pointer === 0 || to.pointer === 0) return false
  const n = numelOf(to.shape)
  if (n === 0) return true
  const same = alike(from.dtype, to.dtype)
  const size = itemsize(to.dtype)
  const toAt = to.pointer + to.offset * size
  const fromAt = from.pointer + from.offset * itemsize(from.dtype)
  if (sameShape(from.shape, to.shape) && isContiguous(to.shape, to.strides) && isContiguous(from.shape, from.strides)) {
    if (same) {
      flat(n, size, fromAt, toAt, from, to)
      return true
    }
    if (cast(from, to)) return true
  }
  plan.set(to.shape, [to.strides, broadcastStrides(from.shape, from.strides, to.shape)])
  // Places that are written more than once: the last one counts, in the order of the reference.
  for (let d = 0; d < plan.dims; d++) if ((plan.strides[0]?.[d] as number) <= 0 && plan.n[d] !== 1) return false
  if (!same) {
    const [source, target] = [new Walked(from, plan.shape(), plan.of(1)), new Walked(to, plan.shape(), plan.of(0))]
    return cast(source, target) || convert(from, to, fromAt, toAt)
  }
  if (plan.flat()) flat(n, size, fromAt, toAt, from, to)
  else move(toAt, fromAt, size)
  return true
}

/** Elements side by side in both. */
function flat(n: number, size: number, fromAt: number, toAt: number, from: View, to: View): void {
  const bytes = n * size
  if (bytes >= LONG && from.dtype === to.dtype) {
    to.data.set(from.data.subarray(from.offset, from.offset + n), to.offset)
    return
  }
  ;(baseKernels('copies')['rows'] as Move)(1, 1, bytes, fromAt, 0, 0, toAt, 0, 0)
}
