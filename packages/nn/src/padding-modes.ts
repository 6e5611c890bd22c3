/** Layers that pad with what is there: the mirrored input, its edge, or its other end. */
import { pad, type Tensor } from '@tapegrad/core'
import { Pad, type Padding } from './padding.ts'
import { checkDims } from './running-stats.ts'

/**
 * Pads sequences with the input mirrored at its edge.
 *
 * Shape: `[n, channels, length]` or `[channels, length]`, each padded dimension longer by its two sides.
 *
 * @throws RuntimeError for another number of dimensions, or as much padding as there is input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad1d.html
 */
export class ReflectionPad1d extends Pad {
  constructor(padding: Padding) {
    super(padding, 1)
  }

  forward(x: Tensor): Tensor {
    return pad(x, this.padding, { mode: 'reflect' })
  }
}

/**
 * Pads images with the input mirrored at its edge.
 *
 * Shape: `[n, channels, height, width]` or `[channels, height, width]`, each padded dimension longer by its two sides.
 *
 * @throws RuntimeError for another number of dimensions, or as much padding as there is input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad2d.html
 */
export class ReflectionPad2d extends Pad {
  constructor(padding: Padding) {
    super(padding, 2)
  }

  forward(x: Tensor): Tensor {
    return pad(x, this.padding, { mode: 'reflect' })
  }
}

/**
 * Pads volumes with the input mirrored at its edge.
 *
 * Shape: `[n, channels, depth, height, width]` or `[channels, depth, height, width]`, each padded dimension longer by its two sides.
 *
 * @throws RuntimeError for another number of dimensions, or as much padding as there is input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReflectionPad3d.html
 */
export class ReflectionPad3d extends Pad {
  constructor(padding: Padding) {
    super(padding, 3)
  }

  forward(x: Tensor): Tensor {
    return pad(x, this.padding, { mode: 'reflect' })
  }
}

/**
 * Pads sequences with the edge of the input.
 *
 * Shape: `[n, channels, length]` or `[channels, length]`, each padded dimension longer by its two sides.
 *
 * @throws RuntimeError for another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad1d.html
 */
export class ReplicationPad1d extends Pad {
  constructor(padding: Padding) {
    super(padding, 1)
  }

  forward(x: Tensor): Tensor {
    return pad(x, this.padding, { mode: 'replicate' })
  }
}

/**
 * Pads images with the edge of the input.
 *
 * Shape: `[n, channels, height, width]` or `[channels, height, width]`, each padded dimension longer by its two sides.
 *
 * @throws RuntimeError for another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad2d.html
 */
export class ReplicationPad2d extends Pad {
  constructor(padding: Padding) {
    super(padding, 2)
  }

  forward(x: Tensor): Tensor {
    return pad(x, this.padding, { mode: 'replicate' })
  }
}

/**
 * Pads volumes with the edge of the input.
 *
 * Shape: `[n, channels, depth, height, width]` or `[channels, depth, height, width]`, each padded dimension longer by its two sides.
 *
 * @throws RuntimeError for another number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReplicationPad3d.html
 */
export class ReplicationPad3d extends Pad {
  constructor(padding: Padding) {
    super(padding, 3)
  }

  forward(x: Tensor): Tensor {
    return pad(x, this.padding, { mode: 'replicate' })
  }
}

/**
 * Pads sequences with the other end of the input.
 *
 * Shape: `[n, channels, length]` or `[channels, length]`, each padded dimension longer by its two sides.
 *
 * @throws ValueError for another number of dimensions; RuntimeError for more padding than there is input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CircularPad1d.html
 */
export class CircularPad1d extends Pad {
  constructor(padding: Padding) {
    super(padding, 1)
  }

  forward(x: Tensor): Tensor {
    checkDims(x, [2, 3])
    return pad(x, this.padding, { mode: 'circular' })
  }
}

/**
 * Pads images with the other end of the input.
 *
 * Shape: `[n, channels, height, width]` or `[channels, height, width]`, each padded dimension longer by its two sides.
 *
 * @throws ValueError for another number of dimensions; RuntimeError for more padding than there is input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CircularPad2d.html
 */
export class CircularPad2d extends Pad {
  constructor(padding: Padding) {
    super(padding, 2)
  }

  forward(x: Tensor): Tensor {
    checkDims(x, [3, 4])
    return pad(x, this.padding, { mode: 'circular' })
  }
}

/**
 * Pads volumes with the other end of the input.
 *
 * Shape: `[n, channels, depth, height, width]` or `[channels, depth, height, width]`, each padded dimension longer by its two sides.
 *
 * @throws ValueError for another number of dimensions; RuntimeError for more padding than there is input.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CircularPad3d.html
 */
export class CircularPad3d extends Pad {
  constructor(padding: Padding) {
    super(padding, 3)
  }

  forward(x: Tensor): Tensor {
    checkDims(x, [4, 5])
    return pad(x, this.padding, { mode: 'circular' })
  }
}
