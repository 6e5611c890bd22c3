/** The table of learnt vectors. */
import { type DType, embedding, empty, noGrad, RuntimeError, type Tensor } from '@tapegrad/core'
import { AssertionError } from './errors.ts'
import { normal_ } from './init.ts'
import { Module } from './module.ts'
import { Parameter } from './parameter.ts'
import { float } from './python.ts'

/** Options of `Embedding`. */
export interface EmbeddingModuleOptions {
  /** A row that starts at zero and is not learnt; negative numbers count from the end. */
  paddingIdx?: number
  /** Rows that are taken and longer than this are first scaled down to it, in place. */
  maxNorm?: number
  /** The p of the norm that measures them. Default: 2. */
  normType?: number
  /** Whether to divide the gradient of each row by how often it was taken. Default: false. */
  scaleGradByFreq?: boolean
  /** Sparse gradients are not supported. */
  sparse?: boolean
  /** The dtype of the table. Default: the default dtype. */
  dtype?: DType
}

/**
 * A table of vectors, one for each of `numEmbeddings` things, looked up by index.
 *
 * Parameters: `weight` of shape `[numEmbeddings, embeddingDim]`, drawn from the standard normal distribution.
 * Shape: `[...]` of `int64` or `int32` to `[..., embeddingDim]`.
 *
 * @example
 * const table = new Embedding(10, 3)
 * table.forward(tensor([1n, 4n])).shape // [2, 3]
 * @throws IndexError for an index out of range; RuntimeError for an input that is not of integers.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html
 */
export class Embedding extends Module {
  readonly numEmbeddings: number
  readonly embeddingDim: number
  readonly paddingIdx: number | null
  readonly maxNorm: number | null
  readonly normType: number
  readonly scaleGradByFreq: boolean
  readonly sparse: boolean
  readonly weight: Parameter

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingModuleOptions = {}) {
    super()
    const { paddingIdx = null, maxNorm = null, normType = 2, scaleGradByFreq = false, sparse = false, dtype } = options
    if (paddingIdx !== null && (paddingIdx >= numEmbeddings || paddingIdx < -numEmbeddings))
      throw new AssertionError('Padding_idx must be within num_embeddings')
    this.numEmbeddings = numEmbeddings
    this.embeddingDim = embeddingDim
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx
    this.maxNorm = maxNorm
    this.normType = normType
    this.scaleGradByFreq = scaleGradByFreq
    this.sparse = sparse
    this.weight = new Parameter(empty([numEmbeddings, embeddingDim], dtype === undefined ? {} : { dtype }))
    this.resetParameters()
  }

  /**
   * A layer with a given table, not learnt unless `freeze` is false.
   *
   * @throws RuntimeError unless the table is a matrix.
   * @see https://pytorch.org/docs/stable/generated/torch.nn.Embedding.html#torch.nn.Embedding.from_pretrained
   */
  static fromPretrained(table: Tensor, { freeze = true, ...options }: EmbeddingModuleOptions & { freeze?: boolean } = {}): Embedding {
    const [rows, width] = table.shape
    if (table.ndim !== 2 || rows === undefined || width === undefined)
      throw new RuntimeError('Embeddings parameter is expected to be 2-dimensional')
    const layer = new Embedding(rows, width, { ...options, dtype: table.dtype })
    noGrad(() => layer.weight.copy_(table))
    layer.weight.requiresGrad_(!freeze)
    return layer
  }

  /** Draws the table anew. */
  resetParameters(): void {
    normal_(this.weight)
    const row = this.paddingIdx
    if (row !== null) noGrad(() => this.weight.select(0, row).fill_(0))
  }

  forward(input: Tensor): Tensor {
    const { paddingIdx, maxNorm, normType, scaleGradByFreq, sparse } = this
    return embedding(input, this.weight, { paddingIdx, maxNorm, normType, scaleGradByFreq, sparse })
  }

  override extraRepr(): string {
    const parts = [`${this.numEmbeddings}, ${this.embeddingDim}`]
    if (this.paddingIdx !== null) parts.push(`padding_idx=${this.paddingIdx}`)
    if (this.maxNorm !== null) parts.push(`max_norm=${float(this.maxNorm)}`)
    if (this.normType !== 2) parts.push(`norm_type=${float(this.normType)}`)
    if (this.scaleGradByFreq) parts.push('scale_grad_by_freq=True')
    if (this.sparse) parts.push('sparse=True')
    return parts.join(', ')
  }
}
