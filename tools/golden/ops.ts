/** `ops.jsonl.gz`: calls of operations, their results, and gradients of everything that requires one. */
import { call, callMethod, camel, core, has } from './api.ts'
import { attempt, type Outcome } from './case.ts'
import { indexTensor } from './evaluate.ts'
import { type Raw, type RawTensor, readLines } from './read.ts'
import { decode, describe, difference, Missing, toTensor } from './value.ts'

/** A call as the golden files write it. */
export interface RawCall {
  readonly op: string
  readonly k: number
  readonly input: Raw
  readonly args: readonly Raw[]
  readonly kwargs: Readonly<Record<string, Raw>>
}

interface OpCase extends RawCall {
  readonly out: Raw
  readonly cot?: readonly RawTensor[]
  readonly grads?: readonly (RawTensor | null)[]
}

const { Tensor } = core

/**
 * PyTorch's test database wraps some operations with the differentiated tensor first; here is where each argument belongs.
 * Everything else is called as it is written.
 */
const order: Readonly<Record<string, readonly number[]>> = {
  where: [1, 0, 2],
  einsum: [1, 0],
  polygamma: [1, 0],
  'special.polygamma': [1, 0],
  'nn.functional.embedding': [1, 0],
  'nn.functional.embedding_bag': [1, 0],
}

/** Entries of PyTorch's test database that wrap more than a call around the operation. */
const wrapped: Readonly<Record<string, (args: readonly unknown[], kwargs: ReadonlyMap<string, unknown>) => unknown>> = {
  'linalg.lstsq.grad_oriented': (args, kwargs) => [...(call('linalg.lstsq', args, kwargs) as Iterable<unknown>)].slice(0, 2),
  'linalg.pinv.singular': ([a, b], kwargs) => {
    const product = core.matmul(a as core.Tensor, core.transpose(b as core.Tensor, -2, -1))
    return call('linalg.pinv', [product], kwargs)
  },
  max_pool2d_with_indices_backward: ([x], kwargs) => {
    const [values, indices] = call('nn.functional.max_pool2d', [x], kwargs) as [core.Tensor, core.Tensor]
    return core.maxPool2dWithIndicesBackward(core.onesLike(values), x as core.Tensor, indices)
  },
}

/** `__radd__(x, y)` is `y + x`. */
const reflected: Readonly<Record<string, string>> = {
  __radd__: 'add',
  __rsub__: 'sub',
  __rmul__: 'mul',
  __rdiv__: 'div',
  __rmod__: 'remainder',
  __rpow__: 'pow',
  __rmatmul__: 'matmul',
  __rand__: 'bitwise_and',
  __ror__: 'bitwise_or',
  __rxor__: 'bitwise_xor',
}

/** The operation behind a name with variants: `linalg.norm.subgradients_at_zero` is `linalg.norm`. */
function exported(op: string): string | null {
  for (let at = op; ; at = at.slice(0, at.lastIndexOf('.'))) {
    if (has(at)) return at
    if (!at.includes('.')) return null
  }
}

const isNumbers = (x: unknown): boolean => Array.isArray(x) && x.every((item) => typeof item === 'number')

/** The operation without its variant. */
const bareName = (op: string): string => op.split('.')[0] as string

/** Calls an operation by PyTorch's name: a function of ours, else a method or an attribute of tensors, else the in-place method on a copy. */
export function callOp(op: string, args: readonly unknown[], kwargs: ReadonlyMap<string, unknown>): unknown {
  const [input, ...rest] = args
  const wrapper = wrapped[op]
  if (wrapper !== undefined) return wrapper(args, kwargs)
  const flipped = reflected[op]
  if (flipped !== undefined) return callOp(flipped, [rest[0], input], kwargs)
  const name = exported(op)
  if (name !== null) {
    const places = order[name]
    return call(name, places === undefined ? args : places.map((i) => args[i]).concat(args.slice(places.length)), kwargs, op)
  }
  if (!(input instanceof Tensor)) throw new Missing(op)
  // A list of nothing but numbers is one index for Python, any other list stands for a tuple.
  if (op === '__getitem__') return indexTensor(input, isNumbers(rest[0]) ? [rest[0]] : rest[0])
  const bare = bareName(op)
  const member = (input as unknown as Record<string, unknown>)[camel(bare)]
  if (typeof member === 'function') return callMethod(bare.endsWith('_') ? input.clone() : input, bare, rest, kwargs)
  if (member !== undefined && rest.length === 0 && kwargs.size === 0) return member
  if (!op.includes('.') && typeof (input as unknown as Record<string, unknown>)[`${camel(op)}_`] === 'function')
    return callMethod(input.clone(), `${op}_`, rest, kwargs)
  throw new Missing(op)
}

/** The decoded arguments of a call, and the tensors among them that require a gradient, in order of appearance. */
export function decodeCall(raw: RawCall): { args: unknown[]; kwargs: Map<string, unknown>; leaves: core.Tensor[] } {
  const leaves: core.Tensor[] = []
  const args = [raw.input, ...raw.args].map((a) => decode(a, leaves))
  const kwargs = new Map(Object.entries(raw.kwargs).map(([k, v]) => [k, decode(v, leaves)]))
  return { args, kwargs, leaves }
}

/** The tensors in nested results that require a gradient. */
export const recorded = (value: unknown): core.Tensor[] => {
  if (value instanceof Tensor) return value.requiresGrad ? [value] : []
  if (value !== null && typeof value === 'object' && Symbol.iterator in value) return [...(value as Iterable<unknown>)].flatMap(recorded)
  return []
}

/** What differs between a gradient and the golden one; null must be null. */
export function gradDifference(got: core.Tensor | null, raw: RawTensor | null): string | null {
  if (raw === null) return got === null ? null : `${describe(got)}, expected null`
  return got === null ? 'null' : difference(got, raw)
}

/** Puts the golden cotangents on the results and compares the gradients that arrive at the leaves. */
export function gradientDifference(
  result: unknown,
  cot: readonly RawTensor[],
  leaves: readonly core.Tensor[],
  grads: readonly (RawTensor | null)[],
): string | null {
  const outputs = recorded(result)
  if (outputs.length !== cot.length) return `${outputs.length} results with a gradient, expected ${cot.length}`
  if (leaves.length !== grads.length) return `${leaves.length} leaves, expected ${grads.length}`
  const got = core.grad(outputs, leaves, { gradOutputs: cot.map(toTensor), allowUnused: true })
  for (const [i, raw] of grads.entries()) {
    const reason = gradDifference(got[i] ?? null, raw)
    if (reason !== null) return `gradient ${i}: ${reason}`
  }
  return null
}

function check(raw: OpCase): string | null {
  const { args, kwargs, leaves } = decodeCall(raw)
  // PyTorch's test database seeds before every call; only random operations notice.
  core.manualSeed(42)
  const result = callOp(raw.op, args, kwargs)
  const reason = difference(result, raw.out)
  if (reason !== null || raw.cot === undefined || raw.grads === undefined) return reason
  return gradientDifference(result, raw.cot, leaves, raw.grads)
}

/** Runs `ops.jsonl.gz`. */
export const runOps = (path: string): Outcome[] => readLines<OpCase>(path).map((raw) => attempt(raw.op, `case ${raw.k}`, () => check(raw)))
