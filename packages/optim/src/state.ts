/** Optimizer state to and from PyTorch's layout. */
import { Tensor, ValueError } from '@tapegrad/core'
import { camelCase, snakeCase } from './names.ts'
import type { OptimizerStateDict, ParamGroup, ParamState, SavedGroup } from './types.ts'

/** The state dict of these groups; parameters are numbered in order. */
export function stateDict<Options, State extends object>(
  groups: readonly ParamGroup<Options>[],
  state: ReadonlyMap<Tensor, State>,
  constants: Readonly<Record<string, unknown>>,
): OptimizerStateDict {
  const numbers = new Map<Tensor, number>()
  const number = (p: Tensor): number => {
    const n = numbers.get(p) ?? numbers.size
    numbers.set(p, n)
    return n
  }
  const param_groups = groups.map(({ params, ...options }): SavedGroup => {
    const entries = Object.entries(options).map(([key, value]) => [snakeCase(key), Array.isArray(value) ? [...value] : value])
    return { ...Object.fromEntries(entries), ...constants, params: params.map(number) }
  })
  const saved = new Map<number, ParamState>()
  for (const [p, n] of numbers) {
    const values = state.get(p)
    if (values !== undefined) saved.set(n, Object.fromEntries(Object.entries(values).map(([key, value]) => [snakeCase(key), value])))
  }
  return { state: saved, param_groups }
}

/** A copy of a remembered value, in the parameter's dtype: what is loaded must not change what it was loaded from. */
function copyValue(key: string, value: unknown, p: Tensor): unknown {
  if (!(value instanceof Tensor)) return value
  // PyTorch counts steps in tensors.
  if (key === 'step') return value.item()
  const copy = value.detach().clone()
  return copy.isFloatingPoint() && copy.dtype !== p.dtype ? copy.to({ dtype: p.dtype }) : copy
}

/** The groups and the state of a state dict, for the parameters of `current`. */
export function loadStateDict<Options extends object, State extends object>(
  { state, param_groups }: OptimizerStateDict,
  current: readonly ParamGroup<Options>[],
  defaults: Readonly<Options>,
  constants: readonly string[],
): { groups: ParamGroup<Options>[]; state: Map<Tensor, State> } {
  if (param_groups.length !== current.length) throw new ValueError('loaded state dict has a different number of parameter groups')
  if (param_groups.some(({ params }, i) => params.length !== current[i]?.params.length))
    throw new ValueError("loaded state dict contains a parameter group that doesn't match the size of optimizer's group")

  const byNumber = new Map<number, Tensor>()
  const groups = param_groups.map(({ params: numbers, ...saved }, i) => {
    const { params } = current[i] as ParamGroup<Options>
    numbers.forEach((n, k) => byNumber.set(n, params[k] as Tensor))
    const options = Object.entries(saved).filter(([key]) => !constants.includes(key))
    const named = options.map(([key, value]) => [camelCase(key), Array.isArray(value) ? [...value] : value])
    return { ...defaults, ...Object.fromEntries(named), params } as ParamGroup<Options>
  })

  const restored = new Map<Tensor, State>()
  // A state dict that went through JSON has an object here.
  for (const [n, values] of state instanceof Map ? state : Object.entries<ParamState>(state)) {
    const p = byNumber.get(Number(n))
    if (p === undefined) continue
    const entries = Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [[camelCase(key), copyValue(key, value, p)]]))
    if (entries.length > 0) restored.set(p, Object.fromEntries(entries) as State)
  }
  return { groups, state: restored }
}
