/** Layers that rearrange channels. */
import { channelShuffle, pixelShuffle, pixelUnshuffle, type Tensor } from '@tapegrad/core'
import { Module } from './module.ts'

/**
 * Spreads channels over the places of an image.
 *
 * Shape: `[..., c · r², h, w]` to `[..., c, h · r, w · r]`, where r is `upscaleFactor`.
 *
 * @throws RuntimeError if the channels do not divide.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html
 */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number

  constructor(upscaleFactor: number) {
    super()
    this.upscaleFactor = upscaleFactor
  }

  forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor)
  }

  override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`
  }
}

/**
 * Gathers the places of an image into channels: the inverse of `PixelShuffle`.
 *
 * Shape: `[..., c, h · r, w · r]` to `[..., c · r², h, w]`, where r is `downscaleFactor`.
 *
 * @throws RuntimeError if height or width do not divide.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html
 */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number

  constructor(downscaleFactor: number) {
    super()
    this.downscaleFactor = downscaleFactor
  }

  forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.downscaleFactor)
  }

  override extraRepr(): string {
    return `downscale_factor=${this.downscaleFactor}`
  }
}

/**
 * Mixes groups of channels: each group gives its first channel, then its second, and so on.
 *
 * Shape: `[n, channels, ...]`, kept.
 *
 * @throws RuntimeError if the channels do not divide into the groups.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html
 */
export class ChannelShuffle extends Module {
  readonly groups: number

  constructor(groups: number) {
    super()
    this.groups = groups
  }

  forward(x: Tensor): Tensor {
    return channelShuffle(x, this.groups)
  }

  override extraRepr(): string {
    return `groups=${this.groups}`
  }
}
