import { ones, type Tensor, tensor, zeros } from '@tapegrad/core'
import { assertClose, gradcheck } from '@tapegrad/core/testing'
import { describe, expect, it } from 'vitest'
import * as nn from '../src/index.ts'
import { camel, fromGolden, type GoldenTensor, type GoldenValue, messages, plain, readLines } from './golden.ts'

interface Row {
  module: string
  k: number
  ctor: { args: GoldenValue[]; kwargs: Record<string, GoldenValue> }
  repr: string
  training: boolean
  state: Record<string, GoldenTensor>
  state_after: Record<string, GoldenTensor>
  args: GoldenTensor[]
  kwargs: Record<string, GoldenTensor>
  out: GoldenTensor
  cot: GoldenTensor[]
  pgrads: Record<string, GoldenTensor | null>
  igrads: (GoldenTensor | null)[]
}

type AnyModule = nn.Module & { forward(...inputs: Tensor[]): Tensor }

/** How many arguments we take by position, and the names under which we take those that PyTorch takes by position after them. */
const positional: Record<string, readonly [count: number, ...names: string[]]> = {
  Softplus: [0, 'beta', 'threshold'],
  LeakyReLU: [0, 'negativeSlope'],
  Hardshrink: [0, 'lambd'],
  Softshrink: [0, 'lambd'],
  GELU: [0, 'approximate'],
  GLU: [0, 'dim'],
  Softmax: [0, 'dim'],
  Softmin: [0, 'dim'],
  LogSoftmax: [0, 'dim'],
  LayerNorm: [1, 'eps', 'elementwiseAffine'],
  RMSNorm: [1, 'eps', 'elementwiseAffine'],
  GroupNorm: [2, 'eps', 'affine'],
  LocalResponseNorm: [1, 'alpha', 'beta', 'k'],
}
for (const norm of ['BatchNorm', 'InstanceNorm'])
  for (const d of [1, 2, 3]) positional[`${norm}${d}d`] = [1, 'eps', 'momentum', 'affine', 'trackRunningStats']

/** PyTorch was given an int here where it takes a float, which it prints without a point; JavaScript cannot tell. */
const ints = new Set(['Softplus 2', 'Softshrink 1', 'Softshrink 2'])

const rows = readLines<Row>('modules.jsonl.gz').filter(({ module }) => module in nn)

function construct({ module, ctor }: Row): AnyModule {
  const Class = (nn as unknown as Record<string, new (...args: unknown[]) => AnyModule>)[module] as new (...args: unknown[]) => AnyModule
  // What PyTorch was told by naming its defaults: no weights, this machine, float32.
  const given = Object.entries(ctor.kwargs).filter(
    ([key, value]) => key !== 'device' && key !== 'dtype' && !('v' in value && value.v === null),
  )
  const options = Object.fromEntries(given.map(([key, value]) => [camel(key), plain(value)]))
  const args = ctor.args.map(plain)
  if (module === 'Embedding') return new Class(options['numEmbeddings'], options['embeddingDim'])
  const [count, ...names] = positional[module] ?? [args.length]
  const named = Object.fromEntries(args.slice(count).map((arg, i) => [names[i], arg]))
  return new Class(...args.slice(0, count), { ...named, ...options })
}

describe('modules do what PyTorch does', () => {
  it('has rows', () => {
    expect(new Set(rows.map((row) => row.module)).size).toBe(73)
    expect(rows.length).toBe(276)
  })

  it.each(rows.map((row) => [`${row.module} ${row.k}`, row] as const))('%s', (_, row) => {
    const model = construct(row).train(row.training)
    if (!ints.has(`${row.module} ${row.k}`)) expect(String(model)).toBe(row.repr)
    const state = Object.entries(row.state).map(([key, value]) => [key, fromGolden(value)] as const)
    model.loadStateDict(new Map(state))
    const inputs = [...row.args, ...Object.values(row.kwargs)].map(fromGolden)
    const out = model.forward(...inputs)
    assertClose(out, fromGolden(row.out), { equalNan: true })
    if (out.requiresGrad) out.backward({ gradient: fromGolden(row.cot[0] as GoldenTensor) })
    const grads = inputs.filter((x) => x.requiresGrad).map((x) => x.grad)
    row.igrads.forEach((wanted, i) => {
      if (wanted !== null) assertClose(grads[i] as Tensor, fromGolden(wanted))
    })
    const parameters = new Map(model.namedParameters())
    expect([...parameters.keys()]).toEqual(Object.keys(row.pgrads))
    for (const [name, wanted] of Object.entries(row.pgrads))
      if (wanted !== null) assertClose(parameters.get(name)?.grad as Tensor, fromGolden(wanted))
    for (const [name, wanted] of Object.entries(row.state_after)) assertClose(model.stateDict().get(name) as Tensor, fromGolden(wanted))
  })
})

describe('layers', () => {
  const wanted = (id: string): string => messages.get(id)?.message as string

  it('Linear raises in the words of PyTorch', () => {
    const layer = new nn.Linear(4, 3)
    expect(() => layer.forward(ones([2, 2, 5]))).toThrow(wanted('nn.linear_shape_3d'))
    expect(() => layer.forward(ones([5]))).toThrow(/size|shapes/)
    expect(() => new nn.Linear(2, 2).forward(ones([1, 2], { dtype: 'float64' }))).toThrow(/same dtype/)
  })

  it('Linear maps vectors, matrices and batches, and has gradients', () => {
    const layer = new nn.Linear(3, 2, { dtype: 'float64' })
    expect(layer.forward(zeros([3], { dtype: 'float64' })).shape).toEqual([2])
    expect(layer.forward(zeros([4, 5, 3], { dtype: 'float64' })).shape).toEqual([4, 5, 2])
    const x = tensor([0.3, -0.2, 0.5], { dtype: 'float64', requiresGrad: true })
    const bias = layer.bias as nn.Parameter
    expect(gradcheck((a, w, b) => nn.functional.linear(a as Tensor, w as Tensor, b as Tensor), [x, layer.weight, bias])).toBe(true)
  })

  it('Flatten', () => {
    const x = ones([2, 3, 4, 5])
    expect(new nn.Flatten().forward(x).shape).toEqual([2, 60])
    expect(new nn.Flatten({ startDim: 0, endDim: 2 }).forward(x).shape).toEqual([24, 5])
    expect(String(new nn.Flatten())).toBe('Flatten(start_dim=1, end_dim=-1)')
    expect(() => new nn.Flatten().forward(tensor(1))).toThrow(wanted('nn.flatten_ok'))
  })

  it('ReLU in place overwrites its input', () => {
    const x = tensor([-1, 2])
    expect(new nn.ReLU({ inplace: true }).forward(x)).toBe(x)
    expect(x.tolist()).toEqual([0, 2])
  })

  it('Softplus is linear beyond the threshold', () => {
    expect(String(new nn.Softplus().forward(tensor([100])))).toBe(messages.get('nn.softplus_ok')?.result)
  })
})

describe('a linear layer', () => {
  it('of no input features gives its bias, whatever leads', () => {
    const layer = new nn.Linear(0, 4)
    nn.init.constant_(layer.bias as Tensor, 2)
    const out = layer.forward(ones([2, 3, 0]))
    expect(out.shape).toEqual([2, 3, 4])
    expect(out.eq(2).all().item<boolean>()).toBe(true)
  })
})
