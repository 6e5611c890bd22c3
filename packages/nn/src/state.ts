/** Loading a state dict: everything is checked before anything is copied. */
import { noGrad, RuntimeError, Tensor } from '@tapegrad/core'
import type { Module } from './module.ts'
import { size, typeName } from './python.ts'

/** A state dict, as `Module.stateDict()` and `loadSafetensors()` give it; a plain object will do. */
export type StateDict = ReadonlyMap<string, Tensor> | Readonly<Record<string, Tensor>>

/** Keys that did not match, in a load that was not strict. */
export interface LoadResult {
  /** Keys that the module has and the state dict lacks. */
  readonly missingKeys: readonly string[]
  /** Keys that the state dict has and the module lacks. */
  readonly unexpectedKeys: readonly string[]
}

/** A module with its dotted name, its own persistent tensors and the names of its children. */
export interface StateEntry {
  readonly prefix: string
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly children: ReadonlySet<string>
}

function toMap(source: StateDict): ReadonlyMap<string, Tensor> {
  if (source instanceof Map) return source
  const plain = typeof source === 'object' && source !== null && !Array.isArray(source) && !(source instanceof Tensor)
  if (!plain) throw new TypeError(`Expected state_dict to be dict-like, got <class '${typeName(source)}'>.`)
  return new Map(Object.entries(source))
}

/** The tensor to copy into `target`, or the reason why there is none. */
function match(key: string, value: unknown, target: Tensor): Tensor | string {
  if (!(value instanceof Tensor))
    return `While copying the parameter named "${key}", expected torch.Tensor or Tensor-like object from checkpoint but received <class '${typeName(value)}'>`
  // Scalars were saved as one-element vectors once.
  const from = target.ndim === 0 && value.ndim === 1 ? value.select(0, 0) : value
  if (from.ndim === target.ndim && from.shape.every((n, i) => n === target.shape[i])) return from
  return `size mismatch for ${key}: copying a param with shape ${size(from.shape)} from checkpoint, the shape in current model is ${size(target.shape)}.`
}

/** Keys directly below this entry's prefix that nothing there answers to. */
function* strangers(keys: Iterable<string>, { prefix, tensors, children }: StateEntry): Generator<string> {
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue
    const rest = key.slice(prefix.length)
    const dot = rest.indexOf('.')
    if (dot < 0 ? !tensors.has(rest) : !children.has(rest.slice(0, dot))) yield key
  }
}

/** @internal Copies a state dict into the tensors of `entries`, or raises and leaves them as they were. */
export function loadState(owner: Module, entries: Iterable<StateEntry>, source: StateDict, strict: boolean): LoadResult {
  const state = toMap(source)
  const missingKeys: string[] = []
  const unexpectedKeys: string[] = []
  const errors: string[] = []
  const copies: [Tensor, Tensor][] = []
  for (const entry of entries) {
    for (const [name, target] of entry.tensors) {
      const key = entry.prefix + name
      if (!state.has(key)) {
        missingKeys.push(key)
        continue
      }
      const found = match(key, state.get(key), target)
      if (typeof found === 'string') errors.push(found)
      else copies.push([target, found])
    }
    unexpectedKeys.push(...strangers(state.keys(), entry))
  }
  const quoted = (keys: readonly string[]): string => keys.map((key) => `"${key}"`).join(', ')
  if (strict && unexpectedKeys.length > 0) errors.unshift(`Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}. `)
  if (strict && missingKeys.length > 0) errors.unshift(`Missing key(s) in state_dict: ${quoted(missingKeys)}. `)
  if (errors.length > 0) throw new RuntimeError(`Error(s) in loading state_dict for ${owner.constructor.name}:\n\t${errors.join('\n\t')}`)
  noGrad(() => {
    for (const [target, from] of copies) target.copy_(from)
  })
  return { missingKeys, unexpectedKeys }
}
