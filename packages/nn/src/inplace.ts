/** Overwriting: what activations with the option `inplace` do. */
import type { Tensor } from '@tapegrad/core'
import { Module } from './module.ts'

/** Options of activations that can overwrite their input. */
export interface InplaceOptions {
  /** Whether to overwrite the input. Default: false. */
  inplace?: boolean
}

/** `f(x)`, in the place of `x` if so wished; the gradient then needs what was there before, so `f` gets a copy. */
export const activate = (x: Tensor, inplace: boolean, f: (x: Tensor) => Tensor): Tensor => (inplace ? x.copy_(f(x.clone())) : f(x))

/** How PyTorch shows the option after others. */
export const alsoInplace = (inplace: boolean): string => (inplace ? ', inplace=True' : '')

/** How PyTorch shows the option where it is the only one. */
export const onlyInplace = (inplace: boolean): string => (inplace ? 'inplace=True' : '')

/** What activations share whose only option is `inplace`. */
export abstract class InplaceActivation extends Module {
  readonly inplace: boolean

  constructor({ inplace = false }: InplaceOptions = {}) {
    super()
    this.inplace = inplace
  }
}
