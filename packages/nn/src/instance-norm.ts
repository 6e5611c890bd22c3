/** Normalisation over each channel of each element of the batch. */
import { instanceNorm, type Tensor, ValueError, warn } from '@tapegrad/core'
import { checkDims, type NormOptions, RunningNorm } from './running-stats.ts'

/** What the instance normalisations share. */
abstract class InstanceNorm extends RunningNorm {
  protected abstract readonly spatial: number

  constructor(numFeatures: number, options: NormOptions = {}) {
    super(numFeatures, options, false)
  }

  forward(x: Tensor): Tensor {
    checkDims(x, [this.spatial + 1, this.spatial + 2])
    const single = x.ndim === this.spatial + 1
    const dim = x.ndim - this.spatial - 1
    const channels = x.shape[dim]
    if (channels !== this.numFeatures) {
      if (this.affine)
        throw new ValueError(`expected input's size at dim=${dim} to match num_features (${this.numFeatures}), but got: ${channels}.`)
      warn(
        `input's size at dim=${dim} does not match num_features. You can silence this warning by not passing in num_features, which is not used because affine=False`,
      )
    }
    const out = instanceNorm(single ? x.unsqueeze(0) : x, {
      runningMean: this.runningMean,
      runningVar: this.runningVar,
      weight: this.weight,
      bias: this.bias,
      useInputStats: this.training || !this.trackRunningStats,
      momentum: this.momentum ?? 0,
      eps: this.eps,
    })
    return single ? out.squeeze(0) : out
  }
}

/**
 * Takes off the mean and divides by the standard deviation of each channel of each sequence.
 *
 * Learns nothing and keeps no running statistics unless asked to.
 * Shape: `[n, numFeatures, length]` or `[numFeatures, length]`, kept.
 *
 * @throws ValueError for another number of dimensions, or sequences of one element in training.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html
 */
export class InstanceNorm1d extends InstanceNorm {
  protected get spatial(): number {
    return 1
  }
}

/**
 * `InstanceNorm1d` for images.
 *
 * Shape: `[n, numFeatures, height, width]` or `[numFeatures, height, width]`, kept.
 *
 * @throws ValueError for another number of dimensions, or images of one element in training.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html
 */
export class InstanceNorm2d extends InstanceNorm {
  protected get spatial(): number {
    return 2
  }
}

/**
 * `InstanceNorm1d` for volumes.
 *
 * Shape: `[n, numFeatures, depth, height, width]` or `[numFeatures, depth, height, width]`, kept.
 *
 * @throws ValueError for another number of dimensions, or volumes of one element in training.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm3d.html
 */
export class InstanceNorm3d extends InstanceNorm {
  protected get spatial(): number {
    return 3
  }
}
