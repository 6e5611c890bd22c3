/** Joining several tensors into one. */
import { rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { RuntimeError, ValueError } from '../errors.ts'
import { formatShape, normalizeDim, type Shape } from '../layout.ts'
import { castTo, record } from '../op.ts'
import { resultType } from '../promote.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { type DimArg, dimOf } from './args.ts'
import { narrow, select } from './slice.ts'

const catRule = /* @__PURE__ */ rule<readonly [], { dim: number; sizes: readonly number[] }>('CatBackward0', (grad, node) => {
  const { dim, sizes } = node.attrs
  let start = 0
  return sizes.map((n, i) => {
    const part = node.needs(i) ? narrow(grad, dim, start, n) : null
    start += n
    return part
  })
})

/**
 * The tensors one after another along `dim`.
 *
 * Shape: equal but for `dim`. Dtypes: promoted.
 *
 * @throws RuntimeError if there is nothing to join or the shapes do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.cat.html
 */
export function cat(tensors: readonly Tensor[], dim: DimArg = 0): Tensor {
  const [first] = tensors
  if (first === undefined) throw new ValueError('torch.cat(): expected a non-empty list of Tensors')
  tensors.forEach((x, i) => {
    if (x.ndim === 0) throw new RuntimeError(`zero-dimensional tensor (at position ${i}) cannot be concatenated`)
  })
  const dtype = resultType(...tensors)
  // An empty vector joins anything, as it always has.
  const legacy = (x: Tensor): boolean => x.ndim === 1 && x.shape[0] === 0
  const model = tensors.find((x) => !legacy(x)) ?? first
  const at = normalizeDim(dimOf(dim), model.ndim)
  const parts = tensors.map((x) => (legacy(x) && model.ndim !== 1 ? null : x))
  parts.forEach((x, i) => {
    if (x === null) return
    if (x.ndim !== model.ndim) throw new RuntimeError(`Tensors must have same number of dimensions: got ${model.ndim} and ${x.ndim}`)
    x.shape.forEach((n, d) => {
      if (d !== at && n !== model.shape[d])
        throw new RuntimeError(
          `Sizes of tensors must match except in dimension ${at}. Expected size ${model.shape[d]} but got size ${n} for tensor number ${i} in the list.`,
        )
    })
  })
  const sizes = parts.map((x) => (x === null ? 0 : (x.shape[at] as number)))
  const shape = model.shape.map((n, d) => (d === at ? sizes.reduce((a, b) => a + b, 0) : n))
  const out = allocateTensor(shape, dtype)
  const step = out.strides[at] as number
  let start = 0
  parts.forEach((x, i) => {
    if (x !== null) kernels.copy(x, out.alias(x.shape, out.strides, start * step))
    start += sizes[i] as number
  })
  const inputs = tensors.map((x) => castTo(x, dtype))
  return record(out, catRule, inputs, [], { dim: at, sizes })
}

const stackRule = /* @__PURE__ */ rule<readonly [], number>('StackBackward0', (grad, node) =>
  node.edges.map((_, i) => (node.needs(i) ? select(grad, node.attrs, i) : null)),
)

/**
 * The tensors side by side along a new dimension.
 *
 * @throws RuntimeError unless all shapes are equal.
 * @see https://pytorch.org/docs/stable/generated/torch.stack.html
 */
export function stack(tensors: readonly Tensor[], dim: DimArg = 0): Tensor {
  const [first] = tensors
  if (first === undefined) throw new RuntimeError('stack expects a non-empty TensorList')
  const at = normalizeDim(dimOf(dim), first.ndim + 1)
  tensors.forEach((x, i) => {
    if (formatShape(x.shape) !== formatShape(first.shape))
      throw new RuntimeError(
        `stack expects each tensor to be equal size, but got ${formatShape(first.shape)} at entry 0 and ${formatShape(x.shape)} at entry ${i}`,
      )
  })
  const dtype = resultType(...tensors)
  const shape: Shape = [...first.shape.slice(0, at), tensors.length, ...first.shape.slice(at)]
  const out = allocateTensor(shape, dtype)
  const strides = out.strides.filter((_, d) => d !== at)
  tensors.forEach((x, i) => kernels.copy(x, out.alias(x.shape, strides, i * (out.strides[at] as number))))
  return record(
    out,
    stackRule,
    tensors.map((x) => castTo(x, dtype)),
    [],
    at,
  )
}
