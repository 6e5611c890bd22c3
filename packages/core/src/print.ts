/** What a tensor prints: its repr, its value in a template literal. */

import { contiguousStrides } from './layout.ts'
import { defaultPrintOptions, formatTensor, type PrintOptions, type PrintOptionsUpdate, updatePrintOptions } from './print/format.ts'
import { pyFloat } from './print/number.ts'
import type { Tensor } from './tensor.ts'

export { pyFloat }

let printOptions: PrintOptions = { ...defaultPrintOptions }

/**
 * Changes how tensors print.
 *
 * @example
 * setPrintoptions({ precision: 2 })
 * String(tensor([1 / 3, 2])) // tensor([0.33, 2.00])
 * @see https://pytorch.org/docs/stable/generated/torch.set_printoptions.html
 */
export function setPrintoptions(options: PrintOptionsUpdate): void {
  printOptions = updatePrintOptions(printOptions, options)
}

/** PyTorch's repr of a tensor, whatever its number of dimensions. */
export function toString(x: Tensor): string {
  const dense = contiguousStrides(x.shape)
  return formatTensor(
    {
      shape: x.shape,
      dtype: x.dtype,
      gradFn: x.gradFn?.name ?? null,
      requiresGrad: x.requiresGrad,
      at: (index) => {
        let at = x.offset
        let rest = index
        for (let d = 0; d < dense.length; d++) {
          const step = dense[d] as number
          const i = Math.floor(rest / step)
          rest -= i * step
          at += i * (x.strides[d] as number)
        }
        return x.data[at] as number
      },
    },
    printOptions,
  )
}

/** The value of a 0-dim tensor as Python's f-string shows it, e.g. `6.691762447357178`; the repr of any other. */
export function toTemplate(x: Tensor): string {
  if (x.ndim > 0) return x.toString()
  const value = x.item<number | boolean>()
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return x.isFloatingPoint() ? pyFloat(value) : String(value)
}
