/** The shapes of what goes into optimizers and their state dicts. Types only. */
import type { Tensor } from '@tapegrad/core'

/** Parameters that share options: the options and the tensors. */
export type ParamGroup<Options> = Options & {
  /** The tensors to optimize. */
  params: Tensor[]
}

/** A group as it is given: options that are absent have the optimizer's defaults. */
export type ParamGroupInput<Options> = Partial<Options> & {
  /** The tensors to optimize. */
  params: Tensor | Iterable<Tensor>
}

/** What an optimizer optimizes: tensors, or groups of them with options of their own. */
export type Params<Options> = Iterable<Tensor> | Iterable<ParamGroupInput<Options>>

/** What an optimizer remembers of one parameter, under PyTorch's names. */
export type ParamState = Record<string, Tensor | number | null>

/** A group in a state dict: its options under PyTorch's names, and the numbers of its parameters. */
export interface SavedGroup {
  [option: string]: unknown
  params: number[]
}

/**
 * The state of an optimizer in PyTorch's layout: what it remembers by the number of the parameter, and the groups.
 * All leaves are tensors, numbers, truth values, `null` or arrays of numbers.
 */
export interface OptimizerStateDict {
  state: Map<number, ParamState>
  param_groups: SavedGroup[]
}
