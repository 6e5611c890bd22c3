/** Layers that pad sequences, images and volumes. */
import { pad, type Tensor } from '@tapegrad/core'
import { Module } from './module.ts'
import { tuple } from './python.ts'

/** How much to pad: one number for every side, or one per side, the last dimension first. */
export type Padding = number | readonly number[]

/** What the padding layers share. */
export abstract class Pad extends Module {
  readonly padding: readonly number[]

  constructor(padding: Padding, spatial: number) {
    super()
    this.padding = typeof padding === 'number' ? Array<number>(2 * spatial).fill(padding) : [...padding]
  }

  override extraRepr(): string {
    return tuple(this.padding)
  }
}

/** Padding with a constant. */
abstract class ConstantPad extends Pad {
  readonly value: number

  constructor(padding: Padding, value: number, spatial: number) {
    super(padding, spatial)
    this.value = value
  }

  forward(x: Tensor): Tensor {
    return pad(x, this.padding, { mode: 'constant', value: this.value })
  }

  override extraRepr(): string {
    return `padding=${tuple(this.padding)}, value=${this.value}`
  }
}

/**
 * Pads sequences with a constant.
 *
 * Shape: `[..., length]`, each dimension longer by its two sides.
 *
 * @example
 * new ConstantPad1d([1, 2], 0).forward(x)
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad1d.html
 */
export class ConstantPad1d extends ConstantPad {
  constructor(padding: Padding, value: number) {
    super(padding, value, 1)
  }
}

/**
 * Pads images with a constant.
 *
 * Shape: `[..., height, width]`, each dimension longer by its two sides.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad2d.html
 */
export class ConstantPad2d extends ConstantPad {
  constructor(padding: Padding, value: number) {
    super(padding, value, 2)
  }
}

/**
 * Pads volumes with a constant.
 *
 * Shape: `[..., depth, height, width]`, each dimension longer by its two sides.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConstantPad3d.html
 */
export class ConstantPad3d extends ConstantPad {
  constructor(padding: Padding, value: number) {
    super(padding, value, 3)
  }
}

/**
 * Pads sequences with zeros.
 *
 * Shape: `[..., length]`, each dimension longer by its two sides.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad1d.html
 */
export class ZeroPad1d extends ConstantPad {
  constructor(padding: Padding) {
    super(padding, 0, 1)
  }

  override extraRepr(): string {
    return tuple(this.padding)
  }
}

/**
 * Pads images with zeros.
 *
 * Shape: `[..., height, width]`, each dimension longer by its two sides.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html
 */
export class ZeroPad2d extends ConstantPad {
  constructor(padding: Padding) {
    super(padding, 0, 2)
  }

  override extraRepr(): string {
    return tuple(this.padding)
  }
}

/**
 * Pads volumes with zeros.
 *
 * Shape: `[..., depth, height, width]`, each dimension longer by its two sides.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ZeroPad3d.html
 */
export class ZeroPad3d extends ConstantPad {
  constructor(padding: Padding) {
    super(padding, 0, 3)
  }

  override extraRepr(): string {
    return tuple(this.padding)
  }
}
