/** The same elements turned around: flipped, rolled, rotated. */
import { rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { RuntimeError } from '../errors.ts'
import { normalizeDim, normalizeDims } from '../layout.ts'
import { cloneOf, emptyAs, record } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { listOf } from './args.ts'

/** `x` read backwards along `dims`: the steps of such a tensor are negative, so that it is for copying only. */
function backwards(x: Tensor, dims: readonly number[]): Tensor {
  const last = (d: number): number => Math.max((x.shape[d] as number) - 1, 0) * (x.strides[d] as number)
  return x.alias(
    x.shape,
    x.strides.map((s, d) => (dims.includes(d) ? -s : s)),
    dims.reduce((at, d) => at + last(d), x.offset),
  )
}

const flipRule = /* @__PURE__ */ rule<readonly [], readonly number[]>('FlipBackward0', (grad, node) => [flip(grad, node.attrs)])

/**
 * `x` with the order of its elements reversed along `dims`.
 *
 * @throws RuntimeError if a dimension is named twice.
 * @see https://pytorch.org/docs/stable/generated/torch.flip.html
 */
export function flip(x: Tensor, dims: number | readonly number[], ...rest: number[]): Tensor {
  const given = listOf(dims, rest)
  const at = given.length === 0 || x.ndim === 0 ? [] : normalizeDims(given, x.ndim)
  const out = emptyAs(x)
  kernels.copy(backwards(x, at), out)
  return record(out, flipRule, [x], [], at)
}

/**
 * `x` with its columns in reverse order: along the second dimension.
 *
 * @throws RuntimeError for less than two dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.fliplr.html
 */
export function fliplr(x: Tensor): Tensor {
  if (x.ndim < 2) throw new RuntimeError('Input must be >= 2-d.')
  return flip(x, 1)
}

/**
 * `x` with its rows in reverse order: along the first dimension.
 *
 * @throws RuntimeError for a 0-dim tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.flipud.html
 */
export function flipud(x: Tensor): Tensor {
  if (x.ndim < 1) throw new RuntimeError('Input must be >= 1-d.')
  return flip(x, 0)
}

/** How far elements were rolled along which dimensions. */
interface Roll {
  readonly shifts: readonly number[]
  readonly dims: readonly number[]
}

const rollRule = /* @__PURE__ */ rule<readonly [], Roll>('RollBackward0', (grad, node) => [
  roll(
    grad,
    node.attrs.shifts.map((s) => -s),
    { dims: node.attrs.dims },
  ),
])

/** `out` becomes `x` rolled along one dimension: the part that falls out at the end comes in at the front. */
function rollInto(out: Tensor, x: Tensor, shift: number, dim: number): void {
  const n = x.shape[dim] as number
  if (n === 0) return
  const k = ((shift % n) + n) % n
  const part = (t: Tensor, start: number, length: number): Tensor =>
    t.alias(
      t.shape.map((m, d) => (d === dim ? length : m)),
      t.strides,
      t.offset + start * (t.strides[dim] as number),
    )
  kernels.copy(part(x, 0, n - k), part(out, k, n - k))
  kernels.copy(part(x, n - k, k), part(out, 0, k))
}

/** Options of `roll`. */
export interface RollOptions {
  /** The dimensions along which to roll; without any, all elements are rolled in order. */
  readonly dims?: number | readonly number[] | undefined
}

/**
 * `x` with its elements moved on by `shifts` along `dims`; what falls out at the end comes in at the front.
 *
 * @example
 * arange(4).roll(1) // tensor([3, 0, 1, 2])
 * @throws RuntimeError unless there are as many shifts as dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.roll.html
 */
export function roll(x: Tensor, shifts: number | readonly number[], { dims = [] }: RollOptions = {}): Tensor {
  const by = listOf(shifts, [])
  const given = listOf(dims, [])
  if (by.length === 0) throw new RuntimeError('`shifts` required')
  if (by.length !== given.length && !(given.length === 0 && by.length === 1))
    throw new RuntimeError(`shifts and dimensions must align. shifts: ${by.length}, dims:${given.length}`)
  const at = given.map((d) => normalizeDim(d, x.ndim))
  const attrs = { shifts: by, dims: at }
  if (x.ndim === 0 || at.length === 0) {
    const line = cloneInOrder(x)
    const out = allocateTensor(x.shape, x.dtype)
    rollInto(out.alias([x.numel()], [1]), line, by[0] as number, 0)
    return record(out, rollRule, [x], [], { shifts: by, dims: [] })
  }
  let [out, from] = [x, x]
  at.forEach((d, i) => {
    out = allocateTensor(x.shape, x.dtype)
    rollInto(out, from, by[i] as number, d)
    from = out
  })
  return record(out, rollRule, [x], [], attrs)
}

/** All elements in order, as a vector. */
function cloneInOrder(x: Tensor): Tensor {
  const line = allocateTensor(x.shape, x.dtype)
  kernels.copy(x, line)
  return line.alias([x.numel()], [1])
}

/** A rotation: so many quarter turns from the first dimension towards the second. */
interface Turn {
  readonly k: number
  readonly dims: readonly [number, number]
}

const rot90Rule = /* @__PURE__ */ rule<readonly [], Turn>('Rot90Backward0', (grad, node) => [
  rot90(grad, { k: -node.attrs.k, dims: node.attrs.dims }),
])

/** Options of `rot90`. */
export interface Rot90Options {
  /** Quarter turns; negative ones the other way. */
  readonly k?: number | undefined
  /** The plane: turned from the first of these dimensions towards the second. */
  readonly dims?: readonly number[] | undefined
}

/**
 * `x` turned by `k` times 90 degrees in the plane of `dims`.
 *
 * @throws RuntimeError unless `dims` are two different dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.rot90.html
 */
export function rot90(x: Tensor, { k = 1, dims = [0, 1] }: Rot90Options = {}): Tensor {
  if (dims.length !== 2) throw new RuntimeError(`expected total rotation dims == 2, but got dims = ${dims.length}`)
  if (x.ndim < 2) throw new RuntimeError(`expected total dims >= 2, but got total dims = ${x.ndim}`)
  const [given0, given1] = dims as readonly [number, number]
  if (given0 === given1 || Math.abs(given0 - given1) === x.ndim)
    throw new RuntimeError(`expected rotation dims to be different, but got dim0 = ${given0} and dim1 = ${given1}`)
  for (const [i, d] of dims.entries())
    if (d >= x.ndim || d < -x.ndim) throw new RuntimeError(`Rotation dim${i} out of range, dim${i} = ${d}`)
  const [a, b] = [normalizeDim(given0, x.ndim), normalizeDim(given1, x.ndim)]
  const turns = ((k % 4) + 4) % 4
  const swap = (v: readonly number[]): number[] => v.map((n, d) => (d === a ? (v[b] as number) : d === b ? (v[a] as number) : n))
  const turned = cloneOf(x)
  kernels.copy(backwards(x, turns === 0 ? [] : turns === 1 ? [b] : turns === 2 ? [a, b] : [a]), turned)
  const out = turns % 2 === 0 ? turned : turned.alias(swap(turned.shape), swap(turned.strides))
  return record(out, rot90Rule, [x], [], { k: turns, dims: [a, b] })
}
