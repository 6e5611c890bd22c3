/** Normalisation over the batch. */
import { batchNorm, type Tensor } from '@tapegrad/core'
import { checkDims, type NormOptions, RunningNorm } from './running-stats.ts'

/** What the batch normalisations share. */
abstract class BatchNorm extends RunningNorm {
  protected abstract readonly dims: readonly number[]

  constructor(numFeatures: number, options: NormOptions = {}) {
    super(numFeatures, options, true)
  }

  forward(x: Tensor): Tensor {
    checkDims(x, this.dims)
    const momentum = this.count()
    const own = this.runningMean === null && this.runningVar === null
    // Statistics that are not tracked are passed in evaluation only.
    const kept = !this.training || this.trackRunningStats
    return batchNorm(x, kept ? this.runningMean : null, kept ? this.runningVar : null, {
      weight: this.weight,
      bias: this.bias,
      training: this.training || own,
      momentum,
      eps: this.eps,
    })
  }
}

/**
 * Takes off the mean and divides by the standard deviation of each channel over the batch, then applies a learnt factor and term.
 *
 * In evaluation it uses running statistics, which training gathers.
 * Parameters: `weight`, ones, and `bias`, zeros. Buffers: `runningMean`, `runningVar`, `numBatchesTracked`.
 * Shape: `[n, numFeatures]` or `[n, numFeatures, length]`, kept.
 *
 * @example
 * new Sequential(new Linear(30, 16), new BatchNorm1d(16), new ReLU(), new Linear(16, 1))
 * @throws ValueError for another number of dimensions, or one value per channel in training; RuntimeError for another number of channels.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
 */
export class BatchNorm1d extends BatchNorm {
  protected get dims(): readonly number[] {
    return [2, 3]
  }
}

/**
 * `BatchNorm1d` for images.
 *
 * Shape: `[n, numFeatures, height, width]`, kept.
 *
 * @throws ValueError for another number of dimensions, or one value per channel in training; RuntimeError for another number of channels.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
 */
export class BatchNorm2d extends BatchNorm {
  protected get dims(): readonly number[] {
    return [4]
  }
}

/**
 * `BatchNorm1d` for volumes.
 *
 * Shape: `[n, numFeatures, depth, height, width]`, kept.
 *
 * @throws ValueError for another number of dimensions, or one value per channel in training; RuntimeError for another number of channels.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html
 */
export class BatchNorm3d extends BatchNorm {
  protected get dims(): readonly number[] {
    return [5]
  }
}
