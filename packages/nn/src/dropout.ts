/** Layers that drop inputs at random while training. */
import type { Tensor } from '@tapegrad/core'
import { alphaDropout, checkProbability, dropout, dropout1d, dropout2d, dropout3d } from './dropout-functions.ts'
import type { InplaceOptions } from './inplace.ts'
import { Module } from './module.ts'
import { bool, float } from './python.ts'

/** Options of the dropout layers. */
export interface DropoutModuleOptions extends InplaceOptions {
  /** The probability with which each element is dropped. Default: 0.5. */
  p?: number
}

/** What the dropout layers share. */
abstract class AnyDropout extends Module {
  readonly p: number
  readonly inplace: boolean

  constructor({ p = 0.5, inplace = false }: DropoutModuleOptions = {}) {
    super()
    checkProbability(p)
    this.p = p
    this.inplace = inplace
  }

  override extraRepr(): string {
    return `p=${float(this.p)}, inplace=${bool(this.inplace)}`
  }
}

/**
 * Zeroes each element with probability `p` and divides the others by 1 - p, in training; otherwise it returns its input.
 *
 * The mask is PyTorch's for the same seed.
 *
 * @example
 * new Sequential(new Linear(30, 16), new ReLU(), new Dropout({ p: 0.2 }), new Linear(16, 1))
 * @throws ValueError if `p` is not between 0 and 1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Dropout.html
 */
export class Dropout extends AnyDropout {
  forward(x: Tensor): Tensor {
    return dropout(x, { p: this.p, training: this.training, inplace: this.inplace })
  }
}

/**
 * `Dropout` of whole channels of sequences.
 *
 * Shape: `[n, channels, length]` or `[channels, length]`, kept.
 *
 * @throws ValueError if `p` is not between 0 and 1; RuntimeError for an input of another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html
 */
export class Dropout1d extends AnyDropout {
  forward(x: Tensor): Tensor {
    return dropout1d(x, { p: this.p, training: this.training, inplace: this.inplace })
  }
}

/**
 * `Dropout` of whole channels of images.
 *
 * Shape: `[n, channels, height, width]`, kept.
 *
 * @throws ValueError if `p` is not between 0 and 1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html
 */
export class Dropout2d extends AnyDropout {
  forward(x: Tensor): Tensor {
    return dropout2d(x, { p: this.p, training: this.training, inplace: this.inplace })
  }
}

/**
 * `Dropout` of whole channels of volumes.
 *
 * Shape: `[n, channels, depth, height, width]` or `[channels, depth, height, width]`, kept.
 *
 * @throws ValueError if `p` is not between 0 and 1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html
 */
export class Dropout3d extends AnyDropout {
  forward(x: Tensor): Tensor {
    return dropout3d(x, { p: this.p, training: this.training, inplace: this.inplace })
  }
}

/**
 * The dropout that goes with `SELU`: it keeps mean 0 and variance 1.
 *
 * @throws ValueError if `p` is not between 0 and 1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html
 */
export class AlphaDropout extends AnyDropout {
  forward(x: Tensor): Tensor {
    return alphaDropout(x, { p: this.p, training: this.training })
  }
}
