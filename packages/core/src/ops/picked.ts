/** Results that are one element of each line along a dimension: the greatest, the median, the most frequent. */
import type { Rule } from '../autograd/node.ts'
import type { Shape } from '../layout.ts'
import type { Tensor } from '../tensor.ts'
import { scatterZeros } from './indexing.ts'
import { unsqueeze } from './view.ts'

/** One element of each line and where it stood. */
export type ValuesIndices = { readonly values: Tensor; readonly indices: Tensor } & Iterable<Tensor>

/** What a picked element's backward needs to know. */
export interface Picked {
  readonly shape: Shape
  readonly dim: number
  readonly keepdim: boolean
}

/** A gradient that belongs to the one element that was picked along `dim`. */
export const pickedRule = (name: string): Rule<readonly [Tensor], Picked> => ({
  name,
  backwardAll: ([grad], node) => {
    const { shape, dim, keepdim } = node.attrs
    if (!grad) return [null]
    const [indices] = node.saved()
    if (shape.length === 0) return [grad]
    return [scatterZeros(shape, dim, keepdim ? indices : unsqueeze(indices, dim), keepdim ? grad : unsqueeze(grad, dim))]
  },
})
