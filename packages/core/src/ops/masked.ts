/** Writing where a mask holds. Every operation here has an in-place form: its name with an underscore. */
import { castScalar, cName, scalarName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { broadcastShapes2 } from '../layout.ts'
import { castTo, expand, type Formula, kernel, overloads } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { coordinates } from './nonzero.ts'
import { putAt } from './places.ts'
import { narrow } from './slice.ts'
import { reshape } from './view.ts'

const fill = (gradFn: string): Formula => ({
  name: 'masked_fill',
  gradFn,
  forward: (x, mask, value) => value.where(mask, x),
  backward: (grad, _out, _x, mask, _value) => [grad.where(mask.logicalNot(), 0), null, grad.where(mask, 0)],
})

const fillNumber = /* @__PURE__ */ kernel(/* @__PURE__ */ fill('MaskedFillBackward0'))
const fillTensor = /* @__PURE__ */ kernel(/* @__PURE__ */ fill('MaskedFillBackward1'))

/** The value as a 0-dim tensor of the dtype of `x`. */
function valueOf(x: Tensor, value: number | boolean | Tensor): Tensor {
  if (typeof value === 'object') {
    if (value.ndim > 0)
      throw new RuntimeError(`masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.ndim} dimension(s).`)
    return castTo(value, x.dtype)
  }
  const out = allocateTensor([], x.dtype)
  out.data[0] = castScalar(Number(value), x.dtype)
  return out
}

/**
 * `x` with `value` where `mask` holds.
 *
 * Shape: broadcast of `x` and `mask`. Dtypes: that of `x`; `mask` is `bool`.
 *
 * @example
 * tensor([1, 2]).maskedFill(tensor([true, false]), 0) // tensor([0., 2.])
 * @throws RuntimeError for a mask that is not `bool` or a value with dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.masked_fill_.html
 */
export const maskedFill: (x: Tensor, mask: Tensor, value: number | boolean | Tensor) => Tensor = /* @__PURE__ */ overloads(
  (x, mask, value) => {
    if (mask.dtype !== 'bool')
      throw new RuntimeError(`masked_fill_ only supports boolean masks, but got mask with dtype ${cName(mask.dtype)}`)
    return [typeof value === 'object' ? fillTensor : fillNumber, [x, mask, valueOf(x, value)]]
  },
)

/**
 * `x` with the elements of `source`, in order, where `mask` holds.
 *
 * Shape: broadcast of `x` and `mask`. Dtypes: those of `x` and `source` are equal; `mask` is `bool`.
 *
 * @throws RuntimeError if `source` has too few elements.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.masked_scatter_.html
 */
export function maskedScatter(x: Tensor, mask: Tensor, source: Tensor): Tensor {
  if (mask.dtype !== 'bool')
    throw new RuntimeError(`masked_scatter_ only supports boolean masks, but got mask with dtype ${scalarName(mask.dtype)}`)
  if (x.dtype !== source.dtype)
    throw new RuntimeError(
      `masked_scatter: expected self and source to have same dtypes but got ${scalarName(x.dtype)} and ${scalarName(source.dtype)}`,
    )
  const shape = broadcastShapes2(x.shape, mask.shape)
  const places = coordinates(expand(mask, shape))
  const n = places.shape[0] as number
  if (source.numel() < n) throw new RuntimeError('Number of elements of source < number of ones in mask')
  const values = narrow(reshape(source, [-1]), 0, 0, n)
  return putAt(expand(x, shape), places, values, false, 'MaskedScatterBackward0')
}
