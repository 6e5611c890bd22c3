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
const BLOCK = 1 << 17
/** Fewer columns than this make products that pack more than they multiply. */
const LEAST = 256
/** Numbers in the partial sums of a gradient that are added up at once. */
const PARTS = 1 << 16

/** Some images, and some of the places along their first dimension: all of them where there are several images. */
export interface Block {
  readonly image: number
  readonly images: number
  readonly place: number
  readonly places: number
}

/** Divides the work so that a block has about as many columns, each of `depth` numbers, as fit. Small images are put together. */
export function blocksOf(batch: number, places: Shape, depth: number): Block[] {
  const columns = Math.max(LEAST, Math.floor(BLOCK / depth))
  const each = numelOf(places)
  const [first] = places as [number]
  const images = Math.max(1, Math.floor(LEAST / each))
  const parts = Math.ceil(first / Math.max(1, Math.floor((columns * first) / each)))
  const step = Math.ceil(first / parts)
  const out: Block[] = []
  for (let image = 0; image < batch; image += images)
    for (let place = 0; place < first; place += step)
      out.push({ image, images: Math.min(images, batch - image), place, places: Math.min(step, first - place) })
  return out
}

/** Memory for columns that is used again and again, one for each side of a product; it never leaves this file. */
const workspaces = /* @__PURE__ */ new Map<string, Storage>()

function workspace(side: 'x' | 'y', dtype: DType, length: number): Storage {
  const known = workspaces.get(side + dtype)
  if (known !== undefined && known.length >= length) return known
  const made = new Storage(dtype, length, false)
  workspaces.set(side + dtype, made)
  return made
}

/** The columns of one block of one group, on their way in or out. */
export interface Columns {
  /** `[1, depth, columns]`, for products. */
  readonly matrix: Tensor
  /** Fills it from the images. */
  load(): void
  /** Adds it to the images, which were zero, unless it lies in their memory anyway. */
  store(): void
}

/** Whether each window is one element and the next window the next element: then an image is its own columns. */
const isPointwise = (g: Geometry, kernel: Shape): boolean => kernel.every((k, d) => k === 1 && g.stride[d] === 1 && g.padding[d] === 0)

/** The columns of a block of `x`, images side by side. */
export function columnsOf(
  side: 'x' | 'y',
  x: Tensor,
  g: Geometry,
  kernel: Shape,
  places: Shape,
  group: number,
  { image, images, ...block }: Block,
): Columns {
  const channels = (x.shape[1] as number) / g.groups
  const [b, c, ...steps] = x.strides as [number, number, number, ...number[]]
  const offset = x.offset + image * b + group * channels * c
  const covered = [block.places, ...places.slice(1)]
  const width = images * numelOf(covered)
  if (isPointwise(g, kernel) && images === 1) {
    const matrix = x.alias([1, channels, width], [0, c, 1], offset + block.place * steps[0])
    return { matrix, load: () => {}, store: () => {} }
  }
  const depth = channels * numelOf(kernel)
  // The batch is a dimension like the others, with windows of one element.
  const shape = [channels, 1, ...kernel, images, ...covered]
  const columns = new Tensor(workspace(side, x.dtype, depth * width), x.dtype, shape, contiguousStrides(shape), 0)
  const windows: Windows = {
    stride: [1, ...g.stride],
    padding: [0, (g.padding[0] as number) - block.place * (g.stride[0] as number), ...g.padding.slice(1)],
    dilation: [1, ...g.dilation],
  }
  const source = x.alias([channels, images, ...x.shape.slice(2)], [c, b, ...steps], offset)
  return {
    matrix: columns.alias([1, depth, width], [0, width, 1]),
    load: () => kernels.im2col(source, windows, columns),
    store: () => kernels.col2im(columns, windows, source),
  }
}

/** A sum of equally long vectors that are written one after the other. */
export class Sum {
  readonly #length: number
  readonly #parts: Tensor
  #used = 0

  constructor(dtype: DType, length: number) {
    this.#length = length
    this.#parts = allocateTensor([Math.max(2, Math.floor(PARTS / length)), length], dtype, false)
  }

  /** Room for the next one. */
  next(): Tensor {
    if (this.#used === this.#parts.shape[0]) {
      const total = this.take()
      kernels.copy(total, this.#at(0))
      this.#used = 1
    }
    return this.#at(this.#used++)
  }

  #at(i: number): Tensor {
    return this.#parts.alias([this.#length], [1], i * this.#length)
  }

  /** The sum, good until the next one is asked for; then it begins anew. */
  take(): Tensor {
    const used = this.#used
    this.#used = 0
    if (used === 1) return this.#at(0)
    const out = allocateTensor([this.#length], this.#parts.dtype)
    const parts = this.#parts.alias([used, this.#length])
    kernels.reduce('sum', parts, out.alias(parts.shape, [0, 1]))
    return out
  }
}
