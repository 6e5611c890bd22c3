/** Chunks of several tensors joined chunk by chunk. */
import { RuntimeError } from '../errors.ts'
import { normalizeDim, numelOf } from '../layout.ts'
import type { Tensor } from '../tensor.ts'
import { cat } from './join.ts'
import { constantPadNd } from './pad.ts'
import { reshape } from './view.ts'

/**
 * Each tensor cut into `numChunks` parts along `dim`, filled up with zeros; the parts of all tensors side by side.
 *
 * Shape: the dimensions before `dim`, which all tensors share, then `[numChunks, elements of all first parts]`.
 *
 * @throws RuntimeError for empty tensors, less than one chunk, or leading dimensions that differ.
 */
export function _chunkCat(tensors: readonly Tensor[], dim: number, numChunks: number): Tensor {
  const [first] = tensors
  if (first === undefined) throw new RuntimeError('_chunk_cat expects a non-empty input tensor list')
  if (!(numChunks > 0)) throw new RuntimeError('_chunk_cat expects positive num_chunks')
  if (tensors.some((x) => x.numel() === 0)) throw new RuntimeError('_chunk_cat expects non-empty tensor')
  if (dim < 0 && tensors.some((x) => x.ndim !== first.ndim))
    throw new RuntimeError('_chunk_cat expects non-negative dim when input tensors have different ndims')
  const at = normalizeDim(dim, first.ndim)
  if (tensors.some((x) => x.shape.slice(0, at).some((n, d) => n !== first.shape[d])))
    throw new RuntimeError('_chunk_cat expects same sizes of 0,...,dim-1 dimensions for all tensors')
  return cat(
    tensors.map((x) => {
      const n = x.shape[at] as number
      const rest = x.shape.slice(at + 1)
      const size = Math.ceil(n / numChunks)
      const full = constantPadNd(x, [...rest.flatMap(() => [0, 0]), 0, size * numChunks - n])
      return reshape(full, [...x.shape.slice(0, at), numChunks, size * numelOf(rest)])
    }),
    -1,
  )
}
