import { Tensor, tensor, zeros } from '@tapegrad/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Adam, type AdamOptions, AdamW, type OptimizerStateDict, SGD, type SGDOptions } from '../src/index.ts'

type Make = (params: Tensor[]) => SGD | Adam

const kinds: Record<string, Make> = {
  SGD: (params) => new SGD(params, { lr: 0.05 }),
  'SGD with momentum': (params) => new SGD(params, { lr: 0.02, momentum: 0.9, dampening: 0.1, weightDecay: 0.01 }),
  'SGD with Nesterov': (params) => new SGD(params, { lr: 0.02, momentum: 0.9, nesterov: true }),
  Adam: (params) => new Adam(params, { lr: 0.05 }),
  'Adam with amsgrad': (params) => new Adam(params, { lr: 0.05, amsgrad: true, weightDecay: 0.1 }),
  AdamW: (params) => new AdamW(params, { lr: 0.05 }),
}

const start = (dtype: 'float32' | 'float64' = 'float32'): Tensor[] => [
  tensor([0.5, -1.5, 2], { dtype, requiresGrad: true }),
  tensor([[0.1], [-0.2]], { dtype, requiresGrad: true }),
]

function train(optimizer: SGD | Adam, params: readonly Tensor[], steps: number, from = 0): void {
  for (let i = from; i < from + steps; i++) {
    optimizer.zeroGrad()
    let loss = tensor(0, { dtype: params[0]?.dtype })
    for (const p of params) loss = loss.add(p.sub(Math.sin(i)).pow(2).mul(0.7).sum())
    loss.backward()
    optimizer.step()
  }
}

const values = (params: readonly Tensor[]): unknown => params.map((p) => p.tolist())
const copies = (params: readonly Tensor[]): Tensor[] => params.map((p) => p.detach().clone().requiresGrad_())

/** A state dict as it comes back from JSON and a file of tensors. */
function throughJson(state: OptimizerStateDict): OptimizerStateDict {
  const tensors: Tensor[] = []
  const plain = JSON.stringify({ ...state, state: Object.fromEntries(state.state) }, (_, value: unknown) =>
    value instanceof Tensor ? { tensor: tensors.push(value.clone()) - 1 } : value,
  )
  return JSON.parse(plain, (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'tensor' in value ? tensors[(value as { tensor: number }).tensor] : value,
  ) as OptimizerStateDict
}

describe.each(Object.entries(kinds))('%s', (_, make) => {
  it('continues from a state dict in lockstep', () => {
    const params = start()
    const optimizer = make(params)
    train(optimizer, params, 20)

    const others = copies(params)
    const other = make(others)
    const saved = optimizer.stateDict()
    other.loadStateDict(saved)
    const before = JSON.stringify(saved, (_k, value: unknown) =>
      value instanceof Tensor ? value.tolist() : value instanceof Map ? [...value] : value,
    )
    train(other, others, 20, 20)
    const after = JSON.stringify(saved, (_k, value: unknown) =>
      value instanceof Tensor ? value.tolist() : value instanceof Map ? [...value] : value,
    )
    expect(after).toBe(before)

    train(optimizer, params, 20, 20)
    expect(values(others)).toEqual(values(params))
  })

  it('continues from a state dict that went through JSON', () => {
    const params = start('float64')
    const optimizer = make(params)
    train(optimizer, params, 7)
    const others = copies(params)
    const other = make(others)
    other.loadStateDict(throughJson(optimizer.stateDict()))
    train(optimizer, params, 7, 7)
    train(other, others, 7, 7)
    expect(values(others)).toEqual(values(params))
  })

  it('descends the valley of Rosenbrock', () => {
    const distance = (x: Tensor): number => Math.hypot(...(x.tolist() as number[]).map((v) => v - 1))
    const x = tensor([1.5, 1.5], { dtype: 'float64', requiresGrad: true })
    const optimizer = make([x])
    for (const group of optimizer.paramGroups) {
      group.lr = optimizer instanceof SGD ? 1e-4 : 1e-2
      group.weightDecay = 0
    }
    const far = distance(x)
    for (let i = 0; i < 2000; i++) {
      optimizer.zeroGrad()
      const [a, b] = x.unbind() as [Tensor, Tensor]
      b.sub(a.pow(2)).pow(2).mul(100).add(a.mul(-1).add(1).pow(2)).backward()
      optimizer.step()
    }
    expect(distance(x)).toBeLessThan(far)
  })

  it('climbs where it is to maximize', () => {
    const x = tensor([0.5], { requiresGrad: true })
    const optimizer = make([x])
    for (const group of optimizer.paramGroups) group.maximize = true
    const height = (): Tensor => x.sub(3).pow(2).neg().sum()
    const low = height().item()
    for (let i = 0; i < 100; i++) {
      optimizer.zeroGrad()
      height().backward()
      optimizer.step()
    }
    expect(height().item()).toBeGreaterThan(low as number)
  })
})

describe('the state dict', () => {
  it('has the layout and the names of PyTorch', () => {
    const [a, b] = start() as [Tensor, Tensor]
    const optimizer = new Adam([{ params: [a] }, { params: [b], lr: 0.5 }], { amsgrad: true })
    train(optimizer, [a, b], 2)
    const { state, param_groups } = optimizer.stateDict()
    expect([...state.keys()]).toEqual([0, 1])
    expect(Object.keys(state.get(0) ?? {}).sort()).toEqual(['exp_avg', 'exp_avg_sq', 'max_exp_avg_sq', 'step'])
    expect(state.get(1)).toMatchObject({ step: 2 })
    expect(param_groups.map(({ params, lr, weight_decay, betas }) => [params, lr, weight_decay, betas])).toEqual([
      [[0], 0.001, 0, [0.9, 0.999]],
      [[1], 0.5, 0, [0.9, 0.999]],
    ])
    expect(param_groups[0]).toMatchObject({ foreach: null, capturable: false, fused: null, decoupled_weight_decay: false })
  })

  it("loads PyTorch's: steps as tensors, no momentum yet, keys of its own", () => {
    const w = tensor([1, 2], { dtype: 'float64', requiresGrad: true })
    const optimizer = new Adam([w])
    const [group] = optimizer.stateDict().param_groups
    optimizer.loadStateDict({
      state: new Map([[0, { step: tensor(8), exp_avg: tensor([1, 1]), exp_avg_sq: tensor([2, 2]) }]]),
      param_groups: [{ ...(group as { params: number[] }), lr: 0.25, initial_lr: 0.5 }],
    })
    expect(optimizer.state.get(w)?.step).toBe(8)
    expect(optimizer.state.get(w)?.expAvg?.dtype).toBe('float64')
    expect(optimizer.paramGroups[0]).toMatchObject({ lr: 0.25, initialLr: 0.5 })
    expect(optimizer.paramGroups[0]?.params[0]).toBe(w)
    expect(optimizer.paramGroups[0]).not.toHaveProperty('foreach')

    const sgd = new SGD([w], { momentum: 0.9 })
    sgd.loadStateDict({ state: new Map([[0, { momentum_buffer: null }]]), param_groups: sgd.stateDict().param_groups })
    expect(sgd.state.size).toBe(0)
  })

  it('of an older version, without a key, loads with the default', () => {
    const w = tensor([1], { requiresGrad: true })
    const optimizer = new SGD([w], { momentum: 0.5 })
    const { state, param_groups } = optimizer.stateDict()
    const [{ nesterov: _n, maximize: _m, ...older }] = param_groups as [(typeof param_groups)[0]]
    optimizer.loadStateDict({ state, param_groups: [older as (typeof param_groups)[0]] })
    expect(optimizer.paramGroups[0]).toMatchObject({ nesterov: false, maximize: false, momentum: 0.5 })
  })

  it('that is impossible changes nothing', () => {
    const w = tensor([1], { requiresGrad: true })
    const optimizer = new SGD([w], { lr: 0.5, momentum: 0.5 })
    train(optimizer, [w], 1)
    const { state, param_groups } = optimizer.stateDict()
    expect(() =>
      optimizer.loadStateDict({ state: new Map(), param_groups: [{ ...(param_groups[0] as (typeof param_groups)[0]), lr: Number.NaN }] }),
    ).toThrow('Invalid learning rate: nan')
    expect(optimizer.paramGroups[0]?.lr).toBe(0.5)
    expect(optimizer.state.size).toBe(state.size)
  })

  it('does not reach prototypes', () => {
    const w = tensor([1], { requiresGrad: true })
    const optimizer = new SGD([w])
    const group = JSON.parse('{"params": [0], "lr": 0.5, "__proto__": {"polluted": 1}, "constructor": 1}') as { params: number[] }
    optimizer.loadStateDict({ state: new Map(), param_groups: [group] })
    expect(({} as { polluted?: number }).polluted).toBe(undefined)
    expect(optimizer.paramGroups[0]?.lr).toBe(0.5)
  })
})

describe('properties', () => {
  const rate = fc.double({ min: 1e-4, max: 0.5, noNaN: true })
  const share = fc.double({ min: 0, max: 0.95, noNaN: true })
  const sgd: fc.Arbitrary<SGDOptions> = fc
    .record({ lr: rate, momentum: share, dampening: share, weightDecay: share, nesterov: fc.boolean(), maximize: fc.boolean() })
    .map((o) => (o.nesterov ? { ...o, momentum: o.momentum + 0.01, dampening: 0 } : o))
  const adam: fc.Arbitrary<AdamOptions> = fc.record({
    lr: rate,
    betas: fc.tuple(share, share),
    eps: fc.constantFrom(1e-8, 1e-3),
    weightDecay: share,
    decoupledWeightDecay: fc.boolean(),
    amsgrad: fc.boolean(),
    maximize: fc.boolean(),
  })

  it('any options survive a state dict, and steps keep shape and dtype', () => {
    const makes = fc.oneof(
      sgd.map(
        (options): Make =>
          (params) =>
            new SGD(params, options),
      ),
      adam.map(
        (options): Make =>
          (params) =>
            new Adam(params, options),
      ),
    )
    fc.assert(
      fc.property(makes, fc.constantFrom('float32' as const, 'float64' as const), fc.integer({ min: 1, max: 4 }), (make, dtype, n) => {
        const params = start(dtype)
        const optimizer = make(params)
        train(optimizer, params, n)
        const others = copies(params)
        const other = optimizer instanceof SGD ? new SGD(others) : new Adam(others)
        other.loadStateDict(optimizer.stateDict())
        train(optimizer, params, 2, n)
        train(other, others, 2, n)
        expect(values(others)).toEqual(values(params))
        expect(params.map((p) => [p.shape, p.dtype])).toEqual(start(dtype).map((p) => [p.shape, p.dtype]))
        expect(String(other)).toBe(String(optimizer))
      }),
      { numRuns: 60 },
    )
  })

  it('one step of plain SGD is p - lr g, whatever the shape', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 0, maxLength: 40 }), rate, (numbers, lr) => {
        const w = tensor(numbers, { dtype: 'float64', requiresGrad: true })
        w.grad =
          numbers.length === 0
            ? zeros([0], { dtype: 'float64' })
            : tensor(
                numbers.map((x) => x / 3),
                { dtype: 'float64' },
              )
        new SGD([w], { lr }).step()
        expect(w.tolist()).toEqual(numbers.map((x) => x - lr * (x / 3)))
      }),
      { numRuns: 60 },
    )
  })
})
