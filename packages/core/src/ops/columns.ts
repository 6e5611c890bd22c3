/** What convolutions are made of: blocks of work, windows as columns of a matrix, views of images and weights as matrices. */
import type { Windows } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import type { DType } from '../dtype.ts'
import { contiguousStrides, numelOf, type Shape } from '../layout.ts'
import { Storage } from '../storage.ts'
import { allocateTensor, Tensor } from '../tensor.ts'

/** How windows lie over the dimensions behind batch and channels, and into how many groups the channels fall. */
export interface Geometry extends Windows {
  readonly groups: number
}

/** Columns are laid out for so many numbers at a time: they are read again while they are in the cache. */
export const BLOCK: number = 1 << 18
/** Fewer columns than this make products that pack more than they multiply. */
export const LEAST: number = 256
/** Numbers in the partial sums of a gradient that are added up at once. */
const PARTS = 1 << 16

/** Some images, and some of the places along their first dimension: all of them where there are several images. */
export interface Block {
  readonly image: number
  readonly images: number
  readonly place: number
  readonly places: number
}

/** Divides the work so that a block has about as many columns, each of `depth` numbers, as fit; images are put together for at most `most` of them. */
export function blocksOf(batch: number, places: Shape, depth: number, most: number): Block[] {
  const columns = Math.max(LEAST, Math.floor(BLOCK / depth))
  const each = numelOf(places)
  const [first] = places as [number]
  const out: Block[] = []
  if (each <= columns) {
    const images = Math.max(1, Math.floor(Math.min(most, columns) / each))
    for (let image = 0; image < batch; image += images)
      out.push({ image, images: Math.min(images, batch - image), place: 0, places: first })
    return out
  }
  const parts = Math.ceil(first / Math.max(1, Math.floor((columns * first) / each)))
  const step = Math.ceil(first / parts)
  for (let image = 0; image < batch; image++)
    for (let place = 0; place < first; place += step) out.push({ image, images: 1, place, places: Math.min(step, first - place) })
  return out
}

/** Memory for columns that is used again and again; it never leaves this file. */
const workspaces: Partial<Record<DType, Storage>> = {}

function workspace(dtype: DType, length: number): Storage {
  const known = workspaces[dtype]
  if (known !== undefined && known.length >= length) return known
  const made = new Storage(dtype, length, false)
  workspaces[dtype] = made
  return made
}

/** Some channels of some images as `[channels, images, ...size]`. */
const channelsFirst = (x: Tensor, channel: number, channels: number, image: number, images: number): Tensor => {
  const [b, c, ...rest] = x.strides as [number, number, ...number[]]
  return x.alias([channels, images, ...x.shape.slice(2)], [c, b, ...rest], x.offset + image * b + channel * c)
}

/** Some channels of a block as matrices, image by image: `[images, channels, places]`. */
export function matrices(y: Tensor, channel: number, channels: number, { image, images, place, places }: Block): Tensor {
  const [b, c, step] = y.strides as [number, number, number]
  return y.alias([images, channels, places * step], [b, c, 1], y.offset + image * b + channel * c + place * step)
}

/** The columns of one block of one group, on their way in or out. */
export interface Columns {
  /** `[images, depth, places]`, or `[1, depth, images * places]` of images together. */
  readonly matrices: Tensor
  /** Fills them from `x`. */
  load(): void
  /** Adds them to `x`. */
  store(): void
}

/** Whether each window is one element and the next window the next element: then `x` is its own columns. */
export const isPointwise = (g: Geometry, kernel: Shape): boolean =>
  kernel.every((k, d) => k === 1 && g.stride[d] === 1 && g.padding[d] === 0)

/** The columns of a block, image by image or of all images together. */
export function columnsOf(x: Tensor, g: Geometry, kernel: Shape, places: Shape, group: number, block: Block, together = false): Columns {
  const channels = (x.shape[1] as number) / g.groups
  const { image, images, place } = block
  if (isPointwise(g, kernel) && (images === 1 || !together))
    return { matrices: matrices(x, group * channels, channels, block), load: () => {}, store: () => {} }
  const depth = channels * numelOf(kernel)
  const covered = [block.places, ...places.slice(1)]
  const each = numelOf(covered)
  const width = images * each
  const shape = [channels, 1, ...kernel, images, ...covered]
  const all = new Tensor(workspace(x.dtype, depth * width), x.dtype, shape, contiguousStrides(shape), 0)
  const windows: Windows = {
    stride: [1, ...g.stride],
    padding: [0, (g.padding[0] as number) - place * (g.stride[0] as number), ...g.padding.slice(1)],
    dilation: [1, ...g.dilation],
  }
  const source = channelsFirst(x, group * channels, channels, image, images)
  return {
    matrices: together ? all.alias([1, depth, width], [0, width, 1]) : all.alias([images, depth, each], [each, width, 1]),
    load: () => kernels.im2col(source, windows, all),
    store: () => kernels.col2im(all, windows, source),
  }
}

/** The weight of one group as a matrix, once for each image: `[images, out, depth]`. */
export function weightOf(w: Tensor, groups: number, group: number, images: number): Tensor {
  const out = (w.shape[0] as number) / groups
  const depth = numelOf(w.shape.slice(1))
  return w.alias([images, out, depth], [0, depth, 1], w.offset + group * out * depth)
}

/** A sum of equally long vectors that are written one after the other. */
export class Sum {
  readonly #length: number
  readonly #parts: Tensor
  #used = 0

  constructor(dtype: DType, length: number, parts: number) {
    this.#length = length
    this.#parts = allocateTensor([Math.min(parts, 1 + Math.max(1, Math.floor(PARTS / length))), length], dtype, false)
  }

  /** Room for the next one. */
  next(): Tensor {
    if (this.#used === this.#parts.shape[0]) {
      const total = this.total()
      kernels.copy(total, this.#at(0))
      this.#used = 1
    }
    return this.#at(this.#used++)
  }

  #at(i: number): Tensor {
    return this.#parts.alias([this.#length], [1], i * this.#length)
  }

  /** The sum so far. */
  total(): Tensor {
    if (this.#used === 1) return this.#at(0)
    const out = allocateTensor([this.#length], this.#parts.dtype)
    const parts = this.#parts.alias([this.#used, this.#length])
    kernels.reduce('sum', parts, out.alias(parts.shape, [0, 1]))
    return out
  }
}
