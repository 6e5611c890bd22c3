/** Attention by scaled dot products. */
import { noGrad } from '../autograd/mode.ts'
import { scalarName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { add, div, mul } from './arithmetic.ts'
import { matmul } from './linalg.ts'
import { safeSoftmax } from './softmax.ts'
import { expand, reshape, transpose, unsqueeze } from './view.ts'
import { where } from './where.ts'

/** Options of `scaledDotProductAttention`. */
export interface AttentionOptions {
  /** Added to the scores; or, as truth values, which scores count. */
  readonly attnMask?: Tensor | null | undefined
  /** The probability with which a weight is dropped (0). */
  readonly dropoutP?: number | undefined
  /** Let no query see keys after it. */
  readonly isCausal?: boolean | undefined
  /** A factor on the scores (1 over the square root of the length of a query). */
  readonly scale?: number | null | undefined
  /** Let groups of query heads share a key and value head. */
  readonly enableGqa?: boolean | undefined
}

/** Which keys a query may see if it may see none after it. */
function causal(queries: number, keys: number): Tensor {
  const mask = allocateTensor([queries, keys], 'bool')
  for (let i = 0; i < queries; i++) mask.data.fill(1, i * keys, i * keys + Math.min(i + 1, keys))
  return mask
}

/** Each head repeated for the query heads that share it. */
function repeated(x: Tensor, heads: number): Tensor {
  const own = x.shape[x.ndim - 3] as number
  if (own === heads) return x
  const [lead, tail] = [x.shape.slice(0, -3), x.shape.slice(-2)]
  return reshape(expand(unsqueeze(x, -3), [...lead, own, heads / own, ...tail]), [...lead, heads, ...tail])
}

/** Drops elements with probability `p` and makes up for it in the rest. */
function dropped(x: Tensor, p: number): Tensor {
  if (p === 0) return x
  const noise = noGrad(() => {
    const kept = allocateTensor(x.shape, x.dtype).bernoulli_(1 - p)
    return p === 1 ? kept : div(kept, 1 - p)
  })
  return mul(x, noise)
}

/**
 * `softmax(query @ key^T * scale + mask) @ value`: each query's mean of the values, weighted by how well their keys fit.
 *
 * Shape: `[..., l, e]`, `[..., s, e]` and `[..., s, v]` to `[..., l, v]`. A query that may see nothing gets 0.
 *
 * @throws RuntimeError if the dtypes differ, or for a mask beside `isCausal`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
 */
export function scaledDotProductAttention(query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}): Tensor {
  const { attnMask = null, dropoutP = 0, isCausal = false, scale = null, enableGqa = false } = options
  if (query.dtype !== key.dtype || query.dtype !== value.dtype)
    throw new RuntimeError(
      `Expected query, key, and value to have the same dtype, but got query.dtype: ${scalarName(query.dtype)} key.dtype: ${scalarName(key.dtype)} and value.dtype: ${scalarName(value.dtype)} instead.`,
    )
  if (query.ndim < 2 || key.ndim < 2 || value.ndim < 2)
    throw new RuntimeError(
      `Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: ${query.ndim}, key.dim: ${key.ndim} and value.dim: ${value.ndim} instead.`,
    )
  if (isCausal && attnMask !== null)
    throw new RuntimeError('_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True')
  const heads = query.ndim > 2 ? (query.shape[query.ndim - 3] as number) : 1
  const [k, v] = enableGqa ? [repeated(key, heads), repeated(value, heads)] : [key, value]
  // Half of the scale on either side, so that no score overflows before it is scaled down.
  const half = Math.sqrt(scale ?? 1 / Math.sqrt(query.shape[query.ndim - 1] as number))
  let scores = matmul(mul(query, half), mul(transpose(k, -2, -1), half))
  const mask = isCausal ? causal(query.shape[query.ndim - 2] as number, k.shape[k.ndim - 2] as number) : attnMask
  if (mask !== null) scores = mask.dtype === 'bool' ? where(mask, scores, Number.NEGATIVE_INFINITY) : add(scores, mask)
  return matmul(dropped(safeSoftmax(scores, -1), dropoutP), v)
}
