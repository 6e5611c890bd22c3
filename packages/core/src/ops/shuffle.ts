/** Rearranging channels: into space, out of it, among each other. */
import { type Rule, rule } from '../autograd/node.ts'
import { RuntimeError } from '../errors.ts'
import { formatShape } from '../layout.ts'
import { copyOf, record } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { permute } from './permute.ts'
import { reshape } from './view.ts'

function checkPicture(name: string, what: string, x: Tensor, factor: number): void {
  if (x.ndim < 3) throw new RuntimeError(`${name} expects input to have at least 3 dimensions, but got input with ${x.ndim} dimension(s)`)
  if (!(factor > 0)) throw new RuntimeError(`${name} expects a positive ${what}, but got ${factor}`)
}

/** The elements of `x` in the shape `split`, in another order of dimensions, in the shape `to`; as a copy without a record. */
const rearranged = (x: Tensor, split: readonly number[], order: readonly number[], to: readonly number[]): Tensor => {
  const out = copyOf(permute(reshape(x.alias(), split), order))
  return reshape(out, to).alias()
}

/** `[0, 1, ..., n)` with what follows behind. */
const after = (n: number, ...rest: readonly number[]): number[] => [...Array.from({ length: n }, (_, d) => d), ...rest.map((d) => n + d)]

const shuffleRule: Rule<readonly [], number> = /* @__PURE__ */ rule('PixelShuffleBackward0', (grad, node) => [
  pixelUnshuffle(grad, node.attrs),
])

/**
 * Channels spread over space: `out[..., c, h r + i, w r + j] = x[..., (c r + i) r + j, h, w]` for an upscale factor r.
 *
 * Shape: `[..., C r^2, H, W]` to `[..., C, H r, W r]`.
 *
 * @throws RuntimeError unless the number of channels is divisible by the square of the factor.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.pixel_shuffle.html
 */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  const r = upscaleFactor
  checkPicture('pixel_shuffle', 'upscale_factor', x, r)
  const [channels, height, width] = x.shape.slice(-3) as [number, number, number]
  if (channels % (r * r) !== 0)
    throw new RuntimeError(
      `pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=${channels} is not divisible by ${r * r}`,
    )
  const lead = x.shape.slice(0, -3)
  const c = channels / (r * r)
  const out = rearranged(x, [...lead, c, r, r, height, width], after(lead.length, 0, 3, 1, 4, 2), [...lead, c, height * r, width * r])
  return record(out, shuffleRule, [x], [], r)
}

const unshuffleRule: Rule<readonly [], number> = /* @__PURE__ */ rule('PixelUnshuffleBackward0', (grad, node) => [
  pixelShuffle(grad, node.attrs),
])

/**
 * Space gathered into channels: the inverse of `pixelShuffle`.
 *
 * Shape: `[..., C, H r, W r]` to `[..., C r^2, H, W]`.
 *
 * @throws RuntimeError unless height and width are divisible by the factor.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.pixel_unshuffle.html
 */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  const r = downscaleFactor
  checkPicture('pixel_unshuffle', 'downscale_factor', x, r)
  const [channels, height, width] = x.shape.slice(-3) as [number, number, number]
  for (const [what, n, at] of [
    ['height', height, -2],
    ['width', width, -1],
  ] as const)
    if (n % r !== 0)
      throw new RuntimeError(
        `pixel_unshuffle expects ${what} to be divisible by downscale_factor, but input.size(${at})=${n} is not divisible by ${r}`,
      )
  const lead = x.shape.slice(0, -3)
  const [h, w] = [height / r, width / r]
  const out = rearranged(x, [...lead, channels, h, r, w, r], after(lead.length, 0, 2, 4, 1, 3), [...lead, channels * r * r, h, w])
  return record(out, unshuffleRule, [x], [], r)
}

const channelRule: Rule<readonly [], number> = /* @__PURE__ */ rule('ChannelShuffleBackward0', (grad, node) => [
  channelShuffle(grad, (grad.shape[1] as number) / node.attrs),
])

/**
 * The channels dealt out anew: those of `groups` groups, taken in turn.
 *
 * Shape: `[N, C, ...]`.
 *
 * @throws RuntimeError unless the number of channels is divisible by that of groups.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html
 */
export function channelShuffle(x: Tensor, groups: number): Tensor {
  if (x.ndim < 3) throw new RuntimeError(`channel_shuffle expects input with > 2 dims, but got input with sizes ${formatShape(x.shape)}`)
  if (!(groups > 0)) throw new RuntimeError(`Number of groups to divide channels in must be positive. Value of groups:${groups}`)
  const [n, channels, ...space] = x.shape as [number, number, ...number[]]
  if (channels % groups !== 0)
    throw new RuntimeError(`Number of channels must be divisible by groups. Got ${channels} channels and ${groups} groups.`)
  const split = [n, groups, channels / groups, ...space]
  const order = split.map((_, d) => (d === 1 ? 2 : d === 2 ? 1 : d))
  return record(rearranged(x, split, order, x.shape), channelRule, [x], [], groups)
}
