/** Calls our public API as a Python call is written, by rules: names in camelCase, what is optional in one trailing options object (signatures.txt). */
import { readFileSync } from 'node:fs'
import * as core from '@tapegrad/core'
import { Missing } from './value.ts'

type Dictionary = Readonly<Record<string, unknown>>

/** A package, or nothing: what does not load is said and counts as missing, so that the rest still runs. */
async function load(from: () => Promise<object>, name: string): Promise<Dictionary> {
  try {
    return (await from()) as Dictionary
  } catch (error) {
    console.error(`${name} does not load: ${error}`)
    return {}
  }
}

const testing = await load(() => import('@tapegrad/core/testing'), '@tapegrad/core/testing')
const nn = await load(() => import('@tapegrad/nn'), '@tapegrad/nn')
const optim = await load(() => import('@tapegrad/optim'), '@tapegrad/optim')
const data = await load(() => import('@tapegrad/data'), '@tapegrad/data')

// What operations warn of is no output of the harness; messages.ts listens where it matters.
core.setWarningHandler(() => {})

export type Callable = (...args: unknown[]) => unknown

/** Functions stand in core and may be named from there too; only `unfold` of tensors is another thing than that of nn.functional. */
const { unfold: _, ...withoutUnfold } = core as Dictionary

/** The packages under the prefixes that PyTorch gives their contents, longest first; the first that has a name wins. */
const rooms: readonly (readonly [prefix: string, rooms: readonly Dictionary[]])[] = Object.entries<readonly unknown[]>({
  'nn.functional': [nn['functional'], withoutUnfold],
  'nn.init': [nn['init']],
  'nn.utils': [nn['utils'], nn],
  nn: [nn],
  'optim.lr_scheduler': [optim['lrScheduler'], optim],
  optim: [optim],
  'utils.data.distributed': [data],
  'utils.data': [data],
  autograd: [(core as Dictionary)['autograd'], core, testing],
  testing: [testing],
  '': [core],
}).map(([prefix, all]) => [prefix, all.filter((room): room is Dictionary => room !== undefined)] as const)

/** `zero_grad` is `zeroGrad`; classes and names with a leading or trailing underscore keep theirs. */
export const camel = (name: string): string => name.replace(/(?<=[A-Za-z0-9])_([a-z0-9])/g, (_, c: string) => c.toUpperCase())

/** What carries another name here, because ours would collide. */
const aliases: Readonly<Record<string, string>> = { 'autograd.backward': 'autograd.backward_all' }

function find(torch: string): unknown {
  const name = aliases[torch] ?? torch
  for (const [prefix, all] of rooms) {
    if (prefix !== '' && !name.startsWith(`${prefix}.`)) continue
    const path = (prefix === '' ? name : name.slice(prefix.length + 1)).split('.').map(camel)
    for (const room of all) {
      const found = path.reduce<unknown>((at, key) => (at !== null && typeof at === 'object' ? (at as Dictionary)[key] : undefined), room)
      if (found !== undefined) return found
    }
    return undefined
  }
  return undefined
}

/** What the project exports under PyTorch's name, e.g. `nn.functional.mse_loss`; throws Missing. */
export function lookup(name: string): unknown {
  const found = find(name)
  if (found === undefined) throw new Missing(name)
  return found
}

interface Signature {
  /** Passed by position: required, or marked with `?`. */
  readonly positional: readonly string[]
  /** Whether the last positional takes the rest of the arguments as an array. */
  readonly rest: boolean
  readonly optional: readonly string[]
  /** Optional names for which None is a value. */
  readonly nullable: ReadonlySet<string>
}

function readSignatures(): ReadonlyMap<string, Signature> {
  const table = new Map<string, Signature>()
  for (const line of readFileSync(new URL('./signatures.txt', import.meta.url), 'utf8').split('\n')) {
    const match = /^([\w.#]+)\(([^;]*)(?:;(.*))?\)$/.exec(line)
    if (match === null) continue
    const names = (text: string | undefined): string[] => (text ?? '').split(',').flatMap((s) => s.trim() || [])
    const positional = names(match[2])
    const optional = names(match[3])
    table.set(match[1] as string, {
      positional: positional.map((s) => s.replace(/\?$|\.\.\.$/, '')),
      rest: positional.at(-1)?.endsWith('...') === true,
      optional: optional.map((s) => s.replace('|None', '')),
      nullable: new Set(optional.filter((s) => s.endsWith('|None')).map((s) => s.replace('|None', ''))),
    })
  }
  return table
}

const signatures = readSignatures()

/** The line of the variant, else of the operation: `max.binary`, then `max`. */
function signatureOf(name: string): Signature | undefined {
  for (let at = name; ; at = at.slice(0, at.lastIndexOf('.'))) {
    const found = signatures.get(at)
    if (found !== undefined) return found
    if (!at.includes('.')) return undefined
  }
}

/** The arguments of our function for a Python call; `first` is how many leading parameters the receiver of a method takes. */
export function bind(name: string, args: readonly unknown[], kwargs: ReadonlyMap<string, unknown>, first = 0): unknown[] {
  const known = signatureOf(name)
  const signature = known ?? { positional: args.map((_, i) => `#${i}`), rest: false, optional: [], nullable: new Set<string>() }
  const positional = signature.positional.slice(known === undefined ? 0 : first)
  const given = new Map<string, unknown>()
  let spare = [...args]
  if (signature.rest) {
    const fixed = positional.length - 1
    const rest = spare.slice(fixed)
    spare = spare.slice(0, fixed)
    if (rest.length > 0) given.set(positional[fixed] as string, rest.length === 1 && Array.isArray(rest[0]) ? rest[0] : rest)
  }
  const order = signature.rest ? positional.slice(0, -1) : [...positional, ...signature.optional]
  for (const [i, value] of spare.entries()) given.set(order[i] ?? `#${i}`, value)
  for (const [key, value] of kwargs) given.set(key, value)

  const call: unknown[] = []
  for (const key of positional) {
    if (!given.has(key)) break
    call.push(given.get(key))
    given.delete(key)
  }
  // `dim` directly after the input may stand first where Python's caller passed it by position.
  if (signature.optional[0] === 'dim' && signature.positional.length === 1 && spare.length + first > 1 && given.has('dim')) {
    call.push(given.get('dim'))
    given.delete('dim')
  }
  const options: Record<string, unknown> = {}
  for (const [key, value] of given) {
    if (key === 'device' && value === 'cpu') continue
    if (value === null && !signature.nullable.has(key)) continue
    options[camel(key)] = value
  }
  if (Object.keys(options).length > 0) call.push(options)
  return call
}

const isClass = (f: unknown): boolean => typeof f === 'function' && /^class\b/.test(Function.prototype.toString.call(f))

/** Calls a function of the project, or constructs a class of it; `variant` names the signature where it differs from the operation. */
export function call(
  name: string,
  args: readonly unknown[],
  kwargs: ReadonlyMap<string, unknown> = new Map(),
  variant: string = name,
): unknown {
  const target = lookup(name)
  if (typeof target !== 'function') throw new Missing(name)
  const bound = bind(variant, args, kwargs)
  return isClass(target) ? new (target as unknown as new (...xs: unknown[]) => unknown)(...bound) : (target as Callable)(...bound)
}

/** Calls a method of an object of ours; `name` is PyTorch's. */
export function callMethod(
  receiver: object,
  name: string,
  args: readonly unknown[],
  kwargs: ReadonlyMap<string, unknown> = new Map(),
): unknown {
  const method = (receiver as Dictionary)[camel(name)]
  if (typeof method !== 'function') throw new Missing(`${receiver.constructor.name}.${name}`)
  const owner = receiver instanceof core.Tensor ? '' : `nn.${receiver.constructor.name}#`
  return (method as Callable).apply(receiver, bind(`${owner}${name}`, args, kwargs, receiver instanceof core.Tensor ? 1 : 0))
}

/** Whether the project exports a callable under this name. */
export const has = (name: string): boolean => typeof find(name) === 'function'

export { core }
