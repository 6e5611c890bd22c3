import { readFileSync } from 'node:fs'
import { type Tensor, tensor } from '@tapegrad/core'
import { expect, it } from 'vitest'

type Arg = string | number | boolean | number[] | number[][]
interface Step {
  op: string
  out: string
  args: Arg[]
}
interface Program {
  steps: Step[]
  error?: string
  values?: Record<string, number[]>
  names?: Record<string, string | null>
  grads?: Record<string, number[] | null>
}

const programs = JSON.parse(readFileSync(new URL('golden/programs.json', import.meta.url), 'utf8')) as Program[]

function run(steps: Step[]): Map<string, Tensor> {
  const env = new Map<string, Tensor>()
  for (const { op, out, args } of steps) {
    if (op === 'leaf') {
      env.set(out, tensor(args[0] as number[], { requiresGrad: args[1] as boolean }))
      continue
    }
    const value = (a: Arg): unknown => (typeof a === 'string' ? env.get(a) : a)
    const [x, ...rest] = args.map(value) as [Tensor, ...unknown[]]
    const call = (name: string, ...given: unknown[]): Tensor =>
      (x as unknown as Record<string, (...a: unknown[]) => Tensor>)[name]?.(...given) as Tensor
    const result = op === 'slice' ? call('slice', 0, ...rest) : call(op, ...rest)
    if (!op.endsWith('_')) env.set(out, result)
  }
  return env
}

/** The sum of all elements of all variables, each with a weight of its own. */
function lossOf(env: Map<string, Tensor>): Tensor {
  let loss: Tensor | null = null
  for (const v of env.values()) {
    const weights = tensor(Float64Array.from({ length: v.numel() }, (_, i) => Math.cos(i * 0.7 + 0.3)))
    const part = v.reshape([-1]).double().mul(weights).sum()
    loss = loss === null ? part : loss.add(part)
  }
  return loss as Tensor
}

/** PyTorch 1.13 made the programs; these nodes have other names since. */
const renamed = new Map([
  ['ReshapeAliasBackward0', 'ViewBackward0'],
  ['torch::autograd::CopyBackwards', 'CopyBackwards'],
  ['torch::autograd::CopySlices', 'CopySlices'],
])

const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-5 + 1.3e-6 * Math.abs(b)

/** What of a program's outcome is not PyTorch's; null where all is. */
function difference({ steps, error, values, names, grads }: Program): string | null {
  let env: Map<string, Tensor>
  let loss: Tensor
  try {
    env = run(steps)
    loss = lossOf(env)
    for (const [name, v] of env) {
      const torchName = names?.[name] ?? null
      const node = v.gradFn?.name ?? null
      if (error === undefined && node !== (torchName === null ? null : (renamed.get(torchName) ?? torchName)))
        return `node of ${name}: ${node}, not ${torchName}`
    }
    if (loss.requiresGrad) loss.backward()
  } catch (e) {
    const { message } = e as Error
    if (error === undefined) return `raised ${message}`
    // Shapes and names of nodes inside the message are compared by the message cases; versions differ.
    const start = (text: string): string => text.slice(0, 100)
    return start(message) === start(error) ? null : `raised ${message}, not ${error}`
  }
  if (error !== undefined) return `did not raise ${error}`
  for (const [name, v] of env) {
    const flat = (t: Tensor | null): number[] | null => (t === null ? null : (t.reshape([-1]).tolist() as number[]))
    const wrong = (actual: number[] | null, expected: number[] | null): boolean =>
      actual === null || expected === null ? actual !== expected : !actual.every((x, i) => close(x, expected[i] as number))
    if (wrong(flat(v.detach()), values?.[name] ?? null)) return `value of ${name}: ${flat(v.detach())}, not ${values?.[name]}`
    const gradient = v.isLeaf ? flat(v.grad) : null
    if (wrong(gradient, grads?.[name] ?? null)) return `gradient of ${name}: ${gradient}, not ${grads?.[name]}`
  }
  return null
}

it('random programs of views and in-place writes do what they do in PyTorch', () => {
  const differences = programs.flatMap((p, i) => {
    const d = difference(p)
    return d === null ? [] : [`program ${i}: ${d}\n${p.steps.map((s) => `  ${s.out} = ${s.op}(${JSON.stringify(s.args)})`).join('\n')}`]
  })
  expect(programs.length).toBeGreaterThan(500)
  expect(differences).toEqual([])
})
