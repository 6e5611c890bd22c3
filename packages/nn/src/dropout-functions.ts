/** Dropout as functions, with PyTorch's masks for the same seed. */
import { empty, noGrad, RuntimeError, type Tensor, ValueError, warn } from '@tapegrad/core'
import type { InplaceOptions } from './inplace.ts'
import { float } from './python.ts'

/** Options of `dropout`. */
export interface DropoutOptions extends InplaceOptions {
  /** The probability with which each element is dropped. Default: 0.5. */
  p?: number
  /** Whether to drop at all. Default: true. */
  training?: boolean
}

/** Complains of what is no probability. */
export function checkProbability(p: number): void {
  if (!(p >= 0 && p <= 1)) throw new ValueError(`dropout probability has to be between 0 and 1, but got ${float(p)}`)
}

/** Ones with probability 1 - p, else zeros, in a shape that broadcasts to that of `x`. */
const draw = (x: Tensor, shape: readonly number[], p: number): Tensor => empty(shape, { dtype: x.dtype }).bernoulli_(1 - p)

function drop(x: Tensor, shape: readonly number[], { p = 0.5, training = true, inplace = false }: DropoutOptions): Tensor {
  checkProbability(p)
  if (!training || p === 0 || x.numel() === 0) return x
  // All of nothing is nothing: no numbers are drawn then.
  const mask = noGrad(() => (p === 1 ? empty(shape, { dtype: x.dtype }).zero_() : draw(x, shape, p).div_(1 - p)))
  return inplace ? x.mul_(mask) : x.mul(mask)
}

/**
 * Zeroes each element with probability `p` and divides the others by 1 - p, in training.
 *
 * @throws ValueError if `p` is not between 0 and 1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
 */
export function dropout(x: Tensor, options: DropoutOptions = {}): Tensor {
  return drop(x, x.shape, options)
}

/** One decision for each channel of each element of the batch. */
function dropChannels(x: Tensor, batched: boolean, options: DropoutOptions): Tensor {
  if (batched && x.ndim < 2) throw new RuntimeError('Feature dropout requires at least 2 dimensions in the input')
  const kept = batched ? 2 : 1
  return drop(
    x,
    x.shape.map((n, i) => (i < kept ? n : 1)),
    options,
  )
}

/**
 * `dropout` of whole channels of sequences.
 *
 * Shape: `[n, channels, length]` or `[channels, length]`, kept.
 *
 * @throws ValueError if `p` is not between 0 and 1; RuntimeError for an input of another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout1d.html
 */
export function dropout1d(x: Tensor, options: DropoutOptions = {}): Tensor {
  checkProbability(options.p ?? 0.5)
  if (x.ndim !== 2 && x.ndim !== 3)
    throw new RuntimeError(
      `dropout1d: Expected 2D or 3D input, but received a ${x.ndim}D input. Note that dropout1d exists to provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch dimension (i.e. 2D or 3D inputs).`,
    )
  return dropChannels(x, x.ndim === 3, options)
}

const warnOfDims = (name: string, ndim: number, spatial: number): void =>
  warn(
    `${name}: Received a ${ndim}-D input to ${name}, which is deprecated and will result in an error in a future release. To retain the behavior and silence this warning, please use dropout instead. Note that ${name} exists to provide channel-wise dropout on inputs with ${spatial} spatial dimensions, a channel dimension, and an optional batch dimension (i.e. ${spatial + 1}D or ${spatial + 2}D inputs).`,
  )

/**
 * `dropout` of whole channels of images.
 *
 * Shape: `[n, channels, height, width]`, kept; three dimensions are taken as `[n, channels, length]`, with a warning.
 *
 * @throws ValueError if `p` is not between 0 and 1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout2d.html
 */
export function dropout2d(x: Tensor, options: DropoutOptions = {}): Tensor {
  checkProbability(options.p ?? 0.5)
  if (x.ndim !== 3 && x.ndim !== 4) warnOfDims('dropout2d', x.ndim, 2)
  if (x.ndim === 3)
    warn(
      'dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is desired - input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will change in a future release to interpret the input as one without a batch dimension, i.e. shape (C, H, W). To maintain the 1D channel-wise dropout behavior, please switch to using dropout1d instead.',
    )
  return dropChannels(x, true, options)
}

/**
 * `dropout` of whole channels of volumes.
 *
 * Shape: `[n, channels, depth, height, width]` or `[channels, depth, height, width]`, kept.
 *
 * @throws ValueError if `p` is not between 0 and 1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.dropout3d.html
 */
export function dropout3d(x: Tensor, options: DropoutOptions = {}): Tensor {
  checkProbability(options.p ?? 0.5)
  if (x.ndim !== 4 && x.ndim !== 5) warnOfDims('dropout3d', x.ndim, 3)
  return dropChannels(x, x.ndim === 5, options)
}

// The least value of SELU, negated: its scale times its alpha.
const saturation = 1.7580993408473766

/**
 * The dropout that goes with `selu`: dropped elements become its least value, and mean 0 and variance 1 are kept.
 *
 * @throws ValueError if `p` is not between 0 and 1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.alpha_dropout.html
 */
export function alphaDropout(x: Tensor, { p = 0.5, training = false, inplace = false }: DropoutOptions = {}): Tensor {
  if (p === 1 || p === 0 || !training || x.numel() === 0) return drop(x, x.shape, { p, training, inplace })
  checkProbability(p)
  const a = 1 / Math.sqrt((saturation * saturation * p + 1) * (1 - p))
  const [mask, shift] = noGrad(() => {
    const kept = draw(x, x.shape, p)
    return [
      kept.mul(a),
      kept
        .add(-1)
        .mul_(saturation * a)
        .add_(saturation * a * p),
    ] as const
  })
  return inplace ? x.mul_(mask).add_(shift) : x.mul(mask).add(shift)
}
