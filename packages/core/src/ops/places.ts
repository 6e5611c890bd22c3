/** Places in a tensor that are named by one index per dimension, for any of its dimensions: what indexing by tensors and masks comes down to. */
import { type Rule, rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { numelOf, type Shape, viewStrides } from '../layout.ts'
import { cloneOf, copyOf, expand, record, sumTo } from '../op.ts'
import { replayable } from '../tape.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { apart } from './overwrite.ts'

/** Several places. The dimensions that no index names remain whole. */
export interface Places {
  /** The dimensions that are indexed. */
  readonly dims: readonly number[]
  /** Per dimension one index for each place: vectors of `int64`, counted from the front and found to lie inside. */
  readonly indices: readonly Tensor[]
  /** How the places are arranged in the result. */
  readonly shape: Shape
  /** Where in the result's shape that arrangement stands: that many of the remaining dimensions come before. */
  readonly at: number
}

/** What is remembered of the places beside their indices. */
interface Arrangement {
  readonly whole: Shape
  readonly dims: readonly number[]
  readonly shape: Shape
  readonly at: number
}

type Indices = readonly Tensor[]

const without = <T>(values: readonly T[], dims: readonly number[]): T[] => values.filter((_, d) => !dims.includes(d))

/** The shape of what stands at the places of a tensor of shape `whole`. */
export const shapeAt = (whole: Shape, { dims, shape, at }: Pick<Places, 'dims' | 'shape' | 'at'>): Shape => {
  const rest = without(whole, dims)
  return [...rest.slice(0, at), ...shape, ...rest.slice(at)]
}

/**
 * The places as kernels along one dimension see them: `x` with the indexed dimensions replaced by a first one that steps through memory
 * element by element, and for each place how far to step. Nothing is copied.
 */
function flat(x: Tensor, { dims, indices, shape }: Places): { memory: Tensor; steps: Tensor } {
  const n = numelOf(shape)
  const steps = allocateTensor([n], 'int64', false)
  let reach = 1
  for (const d of dims) reach += Math.max((x.shape[d] as number) - 1, 0) * (x.strides[d] as number)
  const fill = (): void => {
    const to = steps.data.fill(0)
    dims.forEach((d, k) => {
      const stride = x.strides[d] as number
      const { data, offset } = indices[k] as Tensor
      for (let i = 0; i < n; i++) to[i] = (to[i] as number) + (data[offset + i] as number) * stride
    })
  }
  replayable(fill, indices, [steps])
  const rest = without(x.shape, dims)
  const memory = x.alias([reach, ...rest], [1, ...without(x.strides, dims)])
  return { memory, steps: steps.alias([n, ...rest], [1, ...rest.map(() => 0)]) }
}

/** A tensor in the shape of the result with the places as its first and only indexed dimension; a copy where no view can be. */
function placesFirst(t: Tensor, { shape, at }: Places): Tensor {
  const [before, own, after] = [t.strides.slice(0, at), t.strides.slice(at, at + shape.length), t.strides.slice(at + shape.length)]
  const step = viewStrides(shape, own, [numelOf(shape)])
  if (step === null) return placesFirst(copyOf(t), { dims: [], indices: [], shape, at })
  return t.alias([numelOf(shape), ...t.shape.slice(0, at), ...t.shape.slice(at + shape.length)], [...step, ...before, ...after])
}

/** Writes `source`, in the shape of the result, to the places of `out`. */
export function writeAt(out: Tensor, places: Places, source: Tensor, accumulate: boolean): void {
  if (numelOf(shapeAt(out.shape, places)) === 0) return
  const { memory, steps } = flat(out, places)
  kernels.scatter(accumulate ? 'add' : 'set', memory, 0, steps, placesFirst(apart(out, source), places))
}

const placesOf = (indices: Indices, { dims, shape, at }: Arrangement): Places => ({ dims, indices, shape, at })
const arrangementOf = (whole: Shape, { dims, shape, at }: Places): Arrangement => ({ whole, dims, shape, at })

const takeRule: Rule<Indices, Arrangement> = /* @__PURE__ */ rule('IndexBackward0', (grad, node) => [
  zerosWith(grad, node.attrs.whole, placesOf(node.saved(), node.attrs)),
])

/** What stands at the places of `x`. */
export function takeAt(x: Tensor, places: Places, name?: string): Tensor {
  const out = allocateTensor(shapeAt(x.shape, places), x.dtype)
  if (out.numel() > 0) {
    const { memory, steps } = flat(x, places)
    kernels.gather(memory, 0, steps, placesFirst(out, places))
  }
  return record(out, takeRule, [x], places.indices, arrangementOf(x.shape, places), name)
}

const zerosRule: Rule<Indices, Arrangement> = /* @__PURE__ */ rule('IndexPutBackward0', (grad, node) => [
  takeAt(grad, placesOf(node.saved(), node.attrs)),
])

/** Zeros of `shape` with `source` added at the places: the adjoint of taking them. */
function zerosWith(source: Tensor, shape: Shape, places: Places): Tensor {
  const out = allocateTensor(shape, source.dtype)
  writeAt(out, places, source, true)
  return record(out, zerosRule, [source], places.indices, arrangementOf(shape, places))
}

const putRule: Rule<Indices, Arrangement & { readonly values: Shape; readonly accumulate: boolean }> = /* @__PURE__ */ rule(
  'IndexPutBackward0',
  (grad, node) => {
    const { values, accumulate } = node.attrs
    const places = placesOf(node.saved(), node.attrs)
    const nothing = (): Tensor => allocateTensor([], grad.dtype)
    return [
      node.needs(0) ? (accumulate ? grad : putAt(grad, places, nothing(), false)) : null,
      node.needs(1) ? sumTo(takeAt(grad, places), values) : null,
    ]
  },
)

/** `x` with `values`, broadcast, at the places; with `accumulate`, added to what stands there. */
export function putAt(x: Tensor, places: Places, values: Tensor, accumulate: boolean, name?: string): Tensor {
  const out = cloneOf(x)
  const full = shapeAt(x.shape, places)
  writeAt(out, places, values.alias(full, expand(values.alias(), full).strides), accumulate)
  return record(out, putRule, [x, values], places.indices, { ...arrangementOf(x.shape, places), values: values.shape, accumulate }, name)
}
