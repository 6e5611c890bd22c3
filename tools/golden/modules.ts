/** `modules.jsonl.gz`: constructor, repr, state, forward, gradients of parameters and inputs, state after. */
import { call, callMethod, core } from './api.ts'
import { attempt, type Outcome } from './case.ts'
import { gradDifference, recorded } from './ops.ts'
import { type Raw, type RawTensor, readLines } from './read.ts'
import { decode, difference, toTensor } from './value.ts'

interface ModuleCase {
  readonly module: string
  readonly k: number
  readonly ctor: { readonly args: readonly Raw[]; readonly kwargs: Readonly<Record<string, Raw>> }
  readonly training: boolean
  readonly repr: string
  readonly state: Readonly<Record<string, RawTensor>>
  readonly args: readonly Raw[]
  readonly kwargs: Readonly<Record<string, Raw>>
  readonly out: Raw
  readonly cot: readonly RawTensor[]
  readonly pgrads: Readonly<Record<string, RawTensor | null>>
  readonly igrads: readonly (RawTensor | null)[]
  readonly state_after: Readonly<Record<string, RawTensor>>
}

/** What the harness uses of a module. */
interface AnyModule {
  train(mode: boolean): unknown
  toString(): string
  loadStateDict(state: ReadonlyMap<string, core.Tensor>): unknown
  stateDict(): Map<string, core.Tensor>
  namedParameters(): Iterable<readonly [string, core.Tensor]>
}

const kwargsOf = (raw: Readonly<Record<string, Raw>>, leaves: core.Tensor[] = []): Map<string, unknown> =>
  new Map(Object.entries(raw).map(([k, v]) => [k, decode(v, leaves)]))

function stateDifference(m: AnyModule, expected: Readonly<Record<string, RawTensor>>): string | null {
  const state = m.stateDict()
  const names = [...state.keys()].join(', ')
  if (names !== Object.keys(expected).join(', '))
    return `state ${names || 'empty'}, expected ${Object.keys(expected).join(', ') || 'empty'}`
  for (const [name, raw] of Object.entries(expected)) {
    const reason = difference(state.get(name), raw)
    if (reason !== null) return `state ${name}: ${reason}`
  }
  return null
}

function gradients(raw: ModuleCase, m: AnyModule, result: unknown, leaves: readonly core.Tensor[]): string | null {
  const outputs = recorded(result)
  if (outputs.length !== raw.cot.length) return `${outputs.length} results with a gradient, expected ${raw.cot.length}`
  const parameters = new Map(m.namedParameters())
  const names = Object.keys(raw.pgrads)
  const missing = names.find((name) => !parameters.has(name))
  if (missing !== undefined) return `no parameter ${missing}`
  const wanted = [...names.map((name) => parameters.get(name) as core.Tensor), ...leaves]
  if (outputs.length === 0 || wanted.length === 0) return null
  const got = core.grad(outputs, wanted, { gradOutputs: raw.cot.map(toTensor), allowUnused: true })
  for (const [i, expected] of [...Object.values(raw.pgrads), ...raw.igrads].entries()) {
    const reason = gradDifference(got[i] ?? null, expected)
    if (reason !== null) return `gradient of ${names[i] ?? `input ${i - names.length}`}: ${reason}`
  }
  return null
}

function check(raw: ModuleCase): string | null {
  core.manualSeed(42)
  const m = call(
    `nn.${raw.module}`,
    raw.ctor.args.map((a) => decode(a)),
    kwargsOf(raw.ctor.kwargs),
  ) as AnyModule
  m.train(raw.training)
  m.loadStateDict(new Map(Object.entries(raw.state).map(([name, t]) => [name, toTensor(t)])))
  const leaves: core.Tensor[] = []
  const args = raw.args.map((a) => decode(a, leaves))
  const result = callMethod(m, 'forward', args, kwargsOf(raw.kwargs, leaves))
  return (
    difference(result, raw.out) ??
    gradients(raw, m, result, leaves) ??
    stateDifference(m, raw.state_after) ??
    (m.toString() === raw.repr ? null : `repr ${JSON.stringify(m.toString())}, expected ${JSON.stringify(raw.repr)}`)
  )
}

/** Runs `modules.jsonl.gz`. */
export const runModules = (path: string): Outcome[] =>
  readLines<ModuleCase>(path).map((raw) => attempt(raw.module, `case ${raw.k}`, () => check(raw)))
