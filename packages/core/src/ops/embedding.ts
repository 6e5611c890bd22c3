/** Rows of a table by number, and numbers as rows of zeros with a one. */
import { type Rule, rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { castScalar, typeName } from '../dtype.ts'
import { IndexError, NotImplementedError, RuntimeError } from '../errors.ts'
import { copyOf, record, valuesOf } from '../op.ts'
import { replayable } from '../tape.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { mul } from './arithmetic.ts'
import { alongDim, checkIndices, indexSelectAdjoint, isIndex } from './indexing.ts'
import { reshape } from './view.ts'

/** Which rows were taken of a table of how many, and what their gradients are multiplied with. */
interface Lookup {
  readonly rows: number
  readonly paddingIdx: number | null
  readonly scaleGradByFreq: boolean
}

const embeddingRule: Rule<readonly [Tensor], Lookup> = /* @__PURE__ */ rule('EmbeddingBackward0', (grad, node) => {
  const [index] = node.saved()
  const width = grad.shape.at(-1) as number
  const flat = reshape(grad, [index.numel(), width])
  const { rows, paddingIdx, scaleGradByFreq } = node.attrs
  const weighted = paddingIdx === null && !scaleGradByFreq ? flat : mul(flat, weightsOf(index, grad, node.attrs))
  return [indexSelectAdjoint(weighted, [rows, width], 0, index)]
})

/** Per place, 0 for padding, else 1 or one over how often its row was taken. */
function weightsOf(index: Tensor, grad: Tensor, lookup: Lookup): Tensor {
  const out = allocateTensor([index.numel(), 1], grad.dtype, false)
  replayable(() => weigh(index, out, lookup), [index], [out])
  return out
}

function weigh(index: Tensor, out: Tensor, { rows, paddingIdx, scaleGradByFreq }: Lookup): void {
  const counts = new Float64Array(rows)
  const { data } = copyOf(index)
  for (const i of data) counts[i] = (counts[i] as number) + 1
  for (let k = 0; k < data.length; k++) {
    const i = data[k] as number
    out.data[k] = i === paddingIdx ? 0 : castScalar(scaleGradByFreq ? 1 / (counts[i] as number) : 1, out.dtype)
  }
}

/** Scales the rows that are taken and too long down to length `most`, in place and outside the graph. */
function renormalize(weight: Tensor, index: Tensor, most: number, p: number): void {
  const { data } = weight
  const [down, right] = weight.strides as [number, number]
  for (const row of new Set(valuesOf(index))) {
    const at = (c: number): number => weight.offset + row * down + c * right
    let sum = 0
    for (let c = 0; c < (weight.shape[1] as number); c++) {
      const v = Math.abs(data[at(c)] as number)
      sum = p === Number.POSITIVE_INFINITY ? Math.max(sum, v) : sum + v ** p
    }
    const norm = p === Number.POSITIVE_INFINITY ? sum : sum ** (1 / p)
    if (norm <= most) continue
    // The small number is PyTorch's, and keeps the scaled row from being too long by rounding.
    const scale = most / (norm + 1e-7)
    for (let c = 0; c < (weight.shape[1] as number); c++) data[at(c)] = (data[at(c)] as number) * scale
  }
  weight.storage.version++
}

/** Options of `embedding`. */
export interface EmbeddingOptions {
  /** A row that is not learned: its gradient is zero. Negative numbers count from the end. */
  readonly paddingIdx?: number | null | undefined
  /** Rows that are taken and longer than this are first scaled down to it, in place. */
  readonly maxNorm?: number | null | undefined
  /** The p of the norm that measures them; 2 by default. */
  readonly normType?: number | undefined
  /** Divide the gradient of each row by how often it was taken. */
  readonly scaleGradByFreq?: boolean | undefined
  /** Sparse gradients are not supported. */
  readonly sparse?: boolean | undefined
}

/**
 * The rows of `weight` that `input` names.
 *
 * Shape: `[...]` and `[rows, width]` to `[..., width]`. Dtypes: `input` is `int64` or `int32`.
 *
 * @throws RuntimeError unless `weight` is a matrix and `input` holds indices; IndexError for one out of range.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html
 */
export function embedding(
  input: Tensor,
  weight: Tensor,
  { paddingIdx = null, maxNorm = null, normType = 2, scaleGradByFreq = false, sparse = false }: EmbeddingOptions = {},
): Tensor {
  if (sparse) throw new NotImplementedError('embedding(): sparse gradients are not supported')
  if (weight.ndim !== 2) throw new RuntimeError("'weight' must be 2-D")
  if (!isIndex(input.dtype))
    throw new RuntimeError(
      `Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got ${typeName(input.dtype)} instead (while checking arguments for embedding)`,
    )
  const [rows, width] = weight.shape as [number, number]
  if (paddingIdx !== null && (paddingIdx < -rows || paddingIdx >= rows)) throw new RuntimeError('Padding_idx must be within num_embeddings')
  const index = copyOf(input).alias([input.numel()], [1])
  checkIndices(index, rows, () => new IndexError('index out of range in self'))
  if (maxNorm !== null) renormalize(weight, index, maxNorm, normType)
  const out = allocateTensor([...input.shape, width], weight.dtype)
  const flat = [index.numel(), width]
  if (out.numel() > 0) kernels.gather(weight, 0, alongDim(index, 0, flat), out.alias(flat, [width, 1]))
  const padding = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + rows : paddingIdx
  return record(out, embeddingRule, [weight], [index], { rows, paddingIdx: padding, scaleGradByFreq })
}

/** Options of `oneHot`. */
export interface OneHotOptions {
  /** The number of classes; one more than the greatest by default. */
  readonly numClasses?: number | undefined
}

/**
 * Each class number as a row of zeros with a one in its place.
 *
 * Shape: `[...]` to `[..., classes]`. Dtypes: `int64`.
 *
 * @example
 * oneHot(tensor([0, 2], { dtype: 'int64' })) // tensor([[1, 0, 0], [0, 0, 1]])
 * @throws RuntimeError unless `x` is `int64` and holds numbers from 0 up to the number of classes.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html
 */
export function oneHot(x: Tensor, { numClasses = -1 }: OneHotOptions = {}): Tensor {
  if (x.dtype !== 'int64') throw new RuntimeError('one_hot is only applicable to index tensor of type LongTensor.')
  const { data } = copyOf(x)
  if (data.length === 0 && numClasses <= 0) throw new RuntimeError('Can not infer total number of classes from empty tensor.')
  if (data.some((v) => v < 0)) throw new RuntimeError('Class values must be non-negative.')
  let greatest = -1
  for (const v of data) greatest = Math.max(greatest, v)
  const classes = numClasses === -1 ? greatest + 1 : numClasses
  if (numClasses !== -1 && numClasses < 1 && data.length > 0) throw new RuntimeError('num_classes should be positive')
  if (greatest >= classes) throw new RuntimeError('Class values must be smaller than num_classes.')
  const out = allocateTensor([...x.shape, classes], 'int64')
  data.forEach((v, i) => {
    out.data[i * classes + v] = 1
  })
  return out
}
