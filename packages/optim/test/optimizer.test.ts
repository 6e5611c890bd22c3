import { inspect } from 'node:util'
import { isGradEnabled, ones, setWarningHandler, Tensor, tensor, zeros } from '@tapegrad/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Adam, AdamW, Optimizer, type Params, SGD } from '../src/index.ts'
import { readJson } from './golden.ts'

const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true })

interface Message {
  id: string
  expect: { exception?: string; message?: string; result?: string; warnings?: { message: string }[] }
}
const messages = new Map(readJson<Message[]>('messages.json').map((m) => [m.id, m.expect]))

let warnings: string[] = []
let before: Parameters<typeof setWarningHandler>[0]
beforeEach(() => {
  warnings = []
  before = setWarningHandler((message) => warnings.push(message))
})
afterEach(() => setWarningHandler(before))

function raised(fn: () => unknown): { exception: string; message: string } {
  try {
    fn()
  } catch (error) {
    const { name, message } = error as Error
    return { exception: name, message: message.split('\n')[0] as string }
  }
  throw new Error('nothing was raised')
}

describe('errors are those of PyTorch', () => {
  const w = ones([2], { requiresGrad: true })
  const v = ones([1], { requiresGrad: true })
  const cases: Record<string, () => unknown> = {
    tensor_params: () => new SGD(w as unknown as Tensor[], { lr: 0.1 }),
    nonleaf: () => new SGD([w.mul(2)], { lr: 0.1 }),
    neg_lr: () => new SGD([w], { lr: -0.1 }),
    neg_wd: () => new SGD([w], { lr: 0.1, weightDecay: -1 }),
    nesterov: () => new SGD([w], { lr: 0.1, nesterov: true }),
    load_groups: () => new SGD([w], { lr: 0.1 }).loadStateDict(new SGD([{ params: [w] }, { params: [v] }], { lr: 0.1 }).stateDict()),
    load_size: () => new SGD([w], { lr: 0.1 }).loadStateDict(new SGD([w, v], { lr: 0.1 }).stateDict()),
  }
  it.each(Object.entries(cases))('optim.%s', (id, fn) => {
    expect(raised(fn)).toEqual(messages.get(`optim.${id}`))
  })

  // Here Python was given floats, which it prints as 1.0; JavaScript has one kind of number.
  const floats: Record<string, () => unknown> = {
    adam_eps: () => new Adam([w], { eps: -1 }),
    adam_beta0: () => new Adam([w], { betas: [1, 0.9] }),
    adam_wd: () => new Adam([w], { weightDecay: -1 }),
    adamw_lr: () => new AdamW([w], { lr: -1 }),
  }
  it.each(Object.entries(floats))('optim.%s', (id, fn) => {
    const wanted = messages.get(`optim.${id}`)
    expect(raised(fn)).toEqual({ ...wanted, message: wanted?.message?.replace(/\.0$/, '') })
  })

  it('raises for what is no tensor, for nothing, and for a tensor in two groups', () => {
    expect(raised(() => new SGD([1 as unknown as Tensor]))).toEqual({
      exception: 'TypeError',
      message: 'optimizer can only optimize Tensors, but one of the params is int',
    })
    expect(raised(() => new SGD([]))).toEqual({ exception: 'ValueError', message: 'optimizer got an empty parameter list' })
    expect(raised(() => new SGD([{ params: [w] }, { params: w }]))).toEqual({
      exception: 'ValueError',
      message: 'some parameters appear in more than one parameter group',
    })
    expect(raised(() => new SGD([w]).addParamGroup(v as never))).toEqual({
      exception: 'TypeError',
      message: "param_group must be a dict, but got <class 'torch.FloatTensor'>",
    })
    expect(raised(() => new SGD(5 as never)).message).toContain('should be an iterable of Tensors or dicts, but got int')
  })

  it('warns of duplicates', () => {
    new SGD([w, w], { lr: 0.1 })
    expect(warnings).toEqual(messages.get('optim.dup_params_warn')?.warnings?.map((m) => m.message))
  })

  it('refuses a learning rate that PyTorch would take: NaN, infinity, none', () => {
    for (const lr of [Number.NaN, Number.POSITIVE_INFINITY, undefined as unknown as number, '0.1' as unknown as number])
      expect(raised(() => new SGD([w], { lr })).message).toMatch(/^Invalid learning rate: (nan|inf|None|0\.1)$/)
    expect(() => new SGD([{ params: [w], lr: Number.NaN }], { lr: 0.1 })).toThrow('Invalid learning rate: nan')
    expect(() => new Adam([w], { betas: [0.9, Number.NaN] })).toThrow('Invalid beta parameter at index 1: nan')
    expect(() => new SGD([w], { momentum: -0.5 })).toThrow('Invalid momentum value: -0.5')
  })
})

describe('reprs are those of PyTorch', () => {
  const w = leaf(1, 2)

  it('of SGD', () => {
    for (const id of ['optim.no_lr_sgd', 'optim.group_nolr']) expect(String(new SGD([w]))).toBe(messages.get(id)?.result)
    expect(String(new SGD(new Set([w]), { lr: 0.1 }))).toBe(messages.get('optim.set_params')?.result)
    expect(String(new SGD([w], { lr: 0.1, momentum: 0.9 }))).toBe(
      'SGD (\nParameter Group 0\n    dampening: 0\n    differentiable: False\n    foreach: None\n    fused: None\n    lr: 0.1\n    maximize: False\n    momentum: 0.9\n    nesterov: False\n    weight_decay: 0\n)',
    )
  })

  it('of Adam, which Node prints too', () => {
    const text =
      'Adam (\nParameter Group 0\n    amsgrad: False\n    betas: (0.9, 0.999)\n    capturable: False\n    decoupled_weight_decay: False\n    differentiable: False\n    eps: 1e-08\n    foreach: None\n    fused: None\n    lr: 0.001\n    maximize: False\n    weight_decay: 0\n)'
    expect(String(new Adam([w]))).toBe(text)
    expect(inspect(new Adam([w]))).toBe(text)
    expect(String(new AdamW([w]))).toContain('decoupled_weight_decay: True')
    expect(String(new AdamW([w]))).toContain('weight_decay: 0.01')
  })

  it('of several groups', () => {
    const text = String(new SGD([{ params: [w] }, { params: [leaf(1)], lr: 1e-5 }], { lr: 1 }))
    expect(text).toContain('    weight_decay: 0\n\nParameter Group 1\n    dampening: 0\n')
    expect(text).toContain('lr: 1\n')
    expect(text).toContain('lr: 1e-05\n')
  })
})

describe('groups', () => {
  it('have options of their own', () => {
    const [slow, fast] = [leaf(1), leaf(1)]
    const optimizer = new SGD([{ params: slow }, { params: [fast], lr: 1 }], { lr: 0.1 })
    for (const p of [slow, fast]) p.grad = ones([1])
    optimizer.step()
    expect(slow.item()).toBeCloseTo(0.9, 6)
    expect(fast.item()).toBe(0)
    expect(optimizer.paramGroups.map((g) => g.lr)).toEqual([0.1, 1])
    expect(optimizer.paramGroups[0]?.params[0]).toBe(slow)
  })

  it('may be added and changed between steps', () => {
    const [first, second] = [leaf(1), leaf(1)]
    const optimizer = new SGD([first], { lr: 1 })
    optimizer.addParamGroup({ params: [second], lr: 2 })
    ;(optimizer.paramGroups[0] as { lr: number }).lr = 0.5
    for (const p of [first, second]) p.grad = ones([1])
    optimizer.step()
    expect([first.item(), second.item()]).toEqual([0.5, -1])
  })
})

describe('step', () => {
  it('leaves parameters without a gradient alone and remembers nothing of them', () => {
    const [moved, still] = [leaf(1), leaf(1)]
    const optimizer = new Adam([moved, still])
    moved.grad = ones([1])
    optimizer.step()
    expect(still.item()).toBe(1)
    expect([optimizer.state.size, optimizer.state.has(moved)]).toEqual([1, true])
  })

  it('remembers nothing without momentum', () => {
    const w = leaf(1)
    const optimizer = new SGD([w])
    w.grad = ones([1])
    optimizer.step()
    expect(optimizer.state.size).toBe(0)
  })

  it('keeps parameters leaves, with their flag and their gradient', () => {
    const w = leaf(1)
    const optimizer = new Adam([w], { amsgrad: true, weightDecay: 0.1 })
    w.pow(2).sum().backward()
    optimizer.step()
    expect([w.isLeaf, w.requiresGrad, w.grad?.item()]).toEqual([true, true, 2])
    for (const value of Object.values(optimizer.state.get(w) ?? {})) if (value instanceof Tensor) expect(value.requiresGrad).toBe(false)
  })

  it('calls a closure with recording on and returns its value', () => {
    const w = leaf(3)
    const optimizer = new SGD([w], { lr: 0.5 })
    const loss = optimizer.step(() => {
      expect(isGradEnabled()).toBe(true)
      optimizer.zeroGrad()
      const l = w.pow(2).sum()
      l.backward()
      return l
    })
    expect(loss.item()).toBe(9)
    expect(w.item()).toBe(0)
    expect(isGradEnabled()).toBe(true)
  })

  it('refuses an async closure', () => {
    expect(() => new SGD([leaf(1)]).step(async () => 1)).toThrow('got a function that returns a promise')
  })

  it('works on parameters that are not contiguous', () => {
    const base = tensor([
      [1, 2],
      [3, 4],
    ])
    const w = base.t().requiresGrad_()
    w.grad = ones([2, 2])
    new SGD([w], { lr: 1, momentum: 0.9 }).step()
    expect(base.tolist()).toEqual([
      [0, 1],
      [2, 3],
    ])
  })
})

describe('zeroGrad', () => {
  it('sets gradients to null, or to zeros in place', () => {
    const w = leaf(1)
    const optimizer = new SGD([w])
    w.mul(2).sum().backward()
    w.mul(3).sum().backward()
    expect(w.grad?.item()).toBe(5)
    const held = w.grad as Tensor
    optimizer.zeroGrad({ setToNone: false })
    expect(w.grad?.item()).toBe(0)
    expect(held.item()).toBe(0)
    optimizer.zeroGrad()
    expect(w.grad).toBe(null)
  })

  it('lets go of the graph of a gradient made with createGraph', () => {
    const w = leaf(2)
    w.pow(3).sum().backward({ createGraph: true })
    expect(w.grad?.requiresGrad).toBe(true)
    new SGD([w]).zeroGrad({ setToNone: false })
    expect(w.grad?.requiresGrad).toBe(false)
  })
})

it('a user may write an optimizer', () => {
  class Descent extends Optimizer<{ lr: number }, { steps?: number }> {
    constructor(params: Params<{ lr: number }>, { lr = 0.1 } = {}) {
      super(params, { lr })
    }
    protected override update(p: Tensor, grad: Tensor, state: { steps?: number }, { lr }: { lr: number }): void {
      state.steps = (state.steps ?? 0) + 1
      p.add_(grad, { alpha: -lr })
    }
  }
  const w = leaf(1)
  const optimizer = new Descent([w])
  w.grad = ones([1])
  optimizer.step()
  expect(optimizer.state.get(w)).toEqual({ steps: 1 })
  expect(optimizer.stateDict().state.get(0)).toEqual({ steps: 1 })
  expect(String(optimizer)).toBe(
    'Descent (\nParameter Group 0\n    differentiable: False\n    foreach: None\n    fused: None\n    lr: 0.1\n)',
  )
  expect(zeros([1]).item()).toBe(0)
})

describe('gradients', () => {
  it('that a subclass keeps stay as they are', () => {
    class Remembering extends SGD {
      readonly seen: Tensor[] = []
      protected override update(...args: Parameters<SGD['update']>): void {
        this.seen.push(args[1])
        super.update(...args)
      }
    }
    const w = ones([100, 100]).requiresGrad_()
    const optimizer = new Remembering([w], { lr: 1 })
    w.mul(3).sum().backward()
    optimizer.step()
    optimizer.zeroGrad()
    for (let i = 0; i < 4; i++) ones([100, 100]).fill_(7)
    expect(optimizer.seen[0]?.mean().item()).toBe(3)
  })
})
