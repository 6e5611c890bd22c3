/** Initialisers of matrices with a structure: identities and orthogonal ones. */
import { eye, linalg, noGrad, type Tensor, ValueError } from '@tapegrad/core'
import type { RandomOptions } from './init.ts'

/** Options of `orthogonal_`. */
export interface OrthogonalOptions extends RandomOptions {
  /** A factor on the result. Default: 1. */
  gain?: number
}

/**
 * Fills a matrix with ones on its diagonal, zeros elsewhere.
 *
 * @throws ValueError unless `x` is a matrix.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.eye_
 */
export function eye_(x: Tensor): Tensor {
  const [rows, columns] = x.shape
  if (x.ndim !== 2 || rows === undefined) throw new ValueError('Only tensors with 2 dimensions are supported')
  return noGrad(() => x.copy_(eye(rows, columns, { dtype: x.dtype })))
}

/**
 * Fills so that the rows, or the columns where there are fewer of them, are orthogonal and of length `gain`.
 *
 * Dimensions after the first count as one.
 *
 * @example
 * init.orthogonal_(layer.weight, { gain: init.calculateGain('relu') })
 * @throws ValueError if `x` has fewer than two dimensions.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.orthogonal_
 */
export function orthogonal_(x: Tensor, { gain = 1, generator }: OrthogonalOptions = {}): Tensor {
  if (x.ndim < 2) throw new ValueError('Only tensors with 2 or more dimensions are supported')
  if (x.numel() === 0) return x
  return noGrad(() => {
    const rows = x.shape[0] as number
    const columns = x.numel() / rows
    const drawn = x.newEmpty([rows, columns]).normal_(0, 1, generator === undefined ? {} : { generator })
    const { Q, R } = linalg.qr(rows < columns ? drawn.t() : drawn)
    // With a positive diagonal of R, all orthogonal matrices are equally likely.
    const q = Q.mul(R.diagonal().sign())
    return x.copy_((rows < columns ? q.t() : q).reshape(x.shape)).mul_(gain)
  })
}
