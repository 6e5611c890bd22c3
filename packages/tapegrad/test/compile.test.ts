/** A compiled step must be its eager twin to the bit: losses, parameters, gradients and statistics, step after step. */
import {
  compile,
  Generator,
  manualSeed,
  memoryStats,
  nn,
  noGrad,
  optim,
  RuntimeError,
  rand,
  randint,
  setNumThreads,
  type Tensor,
  tensor,
  zeros,
} from 'tapegrad'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

type Step = (x: Tensor, y: Tensor) => Tensor

interface Trainer {
  readonly model: nn.Module & { forward(x: Tensor): Tensor }
  readonly optimizer: optim.SGD | optim.Adam
  readonly step: Step
}

type Make = () => Omit<Trainer, 'step'> & { readonly criterion: { forward(x: Tensor, y: Tensor): Tensor } }

/** The same model twice, once stepped as it stands, once compiled. */
function twins(make: Make, seed = 1): readonly [Trainer, Trainer] {
  const one = (wrap: (step: Step) => Step): Trainer => {
    manualSeed(seed)
    const { model, optimizer, criterion } = make()
    const step = wrap((x, y) => {
      optimizer.zeroGrad()
      const loss = criterion.forward(model.forward(x), y)
      loss.backward()
      optimizer.step()
      return loss
    })
    return { model, optimizer, step }
  }
  return [one((f) => f), one(compile as (f: Step) => Step)]
}

const bits = (x: Tensor | null): unknown => (x === null ? null : [x.shape, x.stride(), x.dtype, [...x.detach().clone().data]])
const stateOf = ({ model }: Trainer): unknown =>
  [...model.namedParameters()]
    .map(([name, p]) => [name, bits(p), bits(p.grad)])
    .concat([...model.namedBuffers()].map(([name, b]) => [name, bits(b), null]))

function runTwins(
  make: Make,
  batch: (i: number) => readonly [Tensor, Tensor],
  steps: number,
  between?: (t: Trainer, i: number) => void,
): void {
  const [eager, compiled] = twins(make)
  for (let i = 0; i < steps; i++) {
    const [x, y] = batch(i)
    between?.(eager, i)
    between?.(compiled, i)
    manualSeed(100 + i)
    const expected = eager.step(x, y)
    manualSeed(100 + i)
    const actual = compiled.step(x, y)
    expect(bits(actual)).toEqual(bits(expected))
    expect(actual.requiresGrad).toBe(false)
    expect(stateOf(compiled)).toEqual(stateOf(eager))
  }
}

const logistic =
  (optimizer: (p: Iterable<Tensor>) => optim.SGD | optim.Adam): Make =>
  () => {
    const model = new nn.Sequential(new nn.Linear(30, 1), new nn.Sigmoid())
    return { model, optimizer: optimizer(model.parameters()), criterion: new nn.BCELoss() }
  }

const pairs = (n = 32): readonly [Tensor, Tensor] => [rand([n, 30]), rand([n, 1]).round()]

beforeEach(() => void manualSeed(7))

describe('a compiled training step is the eager one to the bit', () => {
  it.each([
    ['SGD', (p: Iterable<Tensor>) => new optim.SGD(p, { lr: 0.1 })],
    ['momentum', (p: Iterable<Tensor>) => new optim.SGD(p, { lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 })],
    ['Adam', (p: Iterable<Tensor>) => new optim.Adam(p, { lr: 0.01 })],
    ['AMSGrad', (p: Iterable<Tensor>) => new optim.Adam(p, { lr: 0.01, amsgrad: true })],
  ])('logistic neuron, %s, the learning rate changed between steps', (_, optimizer) => {
    runTwins(
      logistic(optimizer),
      () => pairs(),
      12,
      ({ optimizer: o }, i) => {
        for (const group of o.paramGroups) group.lr = 0.1 / (1 + i)
      },
    )
  })

  it('without a sigmoid of its own, and in doubles', () => {
    runTwins(
      () => {
        const model = new nn.Linear(30, 1, { dtype: 'float64' })
        return { model, optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }), criterion: new nn.BCEWithLogitsLoss() }
      },
      () => pairs().map((t) => t.double()) as unknown as [Tensor, Tensor],
      6,
    )
  })

  it.each([1, 2])('MLP with dropout, batch norm and cross-entropy, %i threads', (threads) => {
    setNumThreads(threads)
    try {
      runTwins(
        () => {
          const model = new nn.Sequential(
            new nn.Linear(200, 128),
            new nn.BatchNorm1d(128),
            new nn.ReLU(),
            new nn.Dropout({ p: 0.3 }),
            new nn.Linear(128, 64),
            new nn.Tanh(),
            new nn.LayerNorm(64),
            new nn.Linear(64, 10),
          )
          return { model, optimizer: new optim.Adam(model.parameters()), criterion: new nn.CrossEntropyLoss({ labelSmoothing: 0.1 }) }
        },
        () => [rand([512, 200]), randint(0, 10, [512])],
        4,
      )
    } finally {
      setNumThreads(1)
    }
  })

  it('a convolutional network', () => {
    runTwins(
      () => {
        const model = new nn.Sequential(
          new nn.Conv2d(1, 4, 3, { padding: 1 }),
          new nn.BatchNorm2d(4),
          new nn.ReLU(),
          new nn.MaxPool2d(2),
          new nn.Conv2d(4, 4, 3),
          new nn.GELU(),
          new nn.Flatten(),
          new nn.Linear(4 * 16, 10),
        )
        return { model, optimizer: new optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9 }), criterion: new nn.CrossEntropyLoss() }
      },
      () => [rand([8, 1, 12, 12]), randint(0, 10, [8])],
      4,
    )
  })

  it('with gradients added up over two calls', () => {
    const make = (wrap: (f: Step) => Step): { model: nn.Linear; optimizer: optim.SGD; add: Step } => {
      manualSeed(3)
      const model = new nn.Linear(30, 1)
      const criterion = new nn.BCEWithLogitsLoss()
      const add = wrap((x, y) => {
        const loss = criterion.forward(model.forward(x), y)
        loss.backward()
        return loss
      })
      return { model, optimizer: new optim.SGD(model.parameters(), { lr: 0.5 }), add }
    }
    const [eager, compiled] = [make((f) => f), make(compile as (f: Step) => Step)]
    for (let i = 0; i < 24; i++) {
      // Two recordings in turn; gradients are looked at now and then, since that changes whose memory they are in.
      const [x, y] = pairs(i % 5 < 3 ? 32 : 16)
      expect(bits(compiled.add(x, y))).toEqual(bits(eager.add(x, y)))
      if (i % 3 === 0) expect(bits(compiled.model.weight.grad)).toEqual(bits(eager.model.weight.grad))
      if (i === 15) for (const t of [eager, compiled]) t.model.forward(x).sum().backward()
      if (i % 4 !== 3) continue
      for (const t of [eager, compiled]) {
        t.optimizer.step()
        t.optimizer.zeroGrad({ setToNone: i > 8 })
      }
      expect(bits(compiled.model.weight)).toEqual(bits(eager.model.weight))
      expect(bits(compiled.model.bias)).toEqual(bits(eager.model.bias))
    }
  })

  it('with gradients clipped, and read by a step of the user', () => {
    const make = (wrap: (f: Step) => Step): { model: nn.Sequential; step: Step } => {
      manualSeed(3)
      const model = new nn.Sequential(new nn.Linear(30, 8), new nn.Tanh(), new nn.Linear(8, 1))
      const criterion = new nn.MSELoss()
      const step = wrap((x, y) => {
        model.zeroGrad()
        const loss = criterion.forward(model.forward(x), y)
        loss.backward()
        nn.utils.clipGradNorm_(model.parameters(), 0.05)
        noGrad(() => {
          for (const p of model.parameters()) p.sub_((p.grad as Tensor).mul(0.5))
        })
        return loss
      })
      return { model, step }
    }
    const [eager, compiled] = [make((f) => f), make(compile as (f: Step) => Step)]
    const kept: [Tensor, unknown][] = []
    for (let i = 0; i < 6; i++) {
      const [x, y] = pairs()
      expect(bits(compiled.step(x, y))).toEqual(bits(eager.step(x, y)))
      const params = [...compiled.model.parameters()]
      expect(params.map(bits)).toEqual([...eager.model.parameters()].map(bits))
      expect(params.map((p) => bits(p.grad))).toEqual([...eager.model.parameters()].map((p) => bits(p.grad)))
      for (const { grad } of params) kept.push([grad as Tensor, bits(grad)])
    }
    for (const [grad, then] of kept) expect(bits(grad)).toEqual(then)
  })

  it('with other shapes in between, each recorded once', () => {
    let calls = 0
    const [eager, compiled] = twins(() => {
      const made = logistic((p) => new optim.SGD(p, { lr: 0.1 }))()
      return {
        ...made,
        criterion: {
          forward: (x, y) => {
            calls++
            return made.criterion.forward(x, y)
          },
        },
      }
    })
    for (const n of [32, 16, 32, 7, 16, 32, 7]) {
      const [x, y] = pairs(n)
      expect(bits(compiled.step(x, y))).toEqual(bits(eager.step(x, y)))
    }
    expect(calls).toBe(7 + 3)
    // Beyond eight kinds the function just runs.
    for (let n = 1; n < 30; n += 2) {
      const [x, y] = pairs(n)
      expect(bits(compiled.step(x, y))).toEqual(bits(eager.step(x, y)))
    }
    expect(stateOf(compiled)).toEqual(stateOf(eager))
  })
})

describe('what was kept stays', () => {
  it('and memory does not fill up', () => {
    const [, { step }] = twins(() => {
      const model = new nn.Sequential(new nn.Linear(30, 300), new nn.ReLU(), new nn.Linear(300, 1))
      return { model, optimizer: new optim.Adam(model.parameters()), criterion: new nn.MSELoss() }
    })
    const [x, y] = pairs()
    const first = step(x, y)
    const before = bits(first)
    const { reserved } = memoryStats()
    for (let i = 0; i < 3000; i++) step(x, y)
    expect(memoryStats().reserved).toBeLessThan(reserved + 2 ** 27)
    expect(bits(first)).toEqual(before)
  })

  it('results and gradients of earlier calls', () => {
    const [, { model, step }] = twins(logistic((p) => new optim.SGD(p, { lr: 0.5, momentum: 0.9 })))
    const kept: [Tensor, unknown][] = []
    for (let i = 0; i < 5; i++) {
      const loss = step(...pairs())
      for (const t of [loss, ...[...model.parameters()].map((p) => p.grad as Tensor)]) kept.push([t, bits(t)])
    }
    for (const [t, then] of kept) expect(bits(t)).toEqual(then)
    expect(new Set(kept.map(([, then]) => JSON.stringify(then))).size).toBe(kept.length)
  })

  it('arguments', () => {
    const double = compile((x: Tensor) => x.mul(2).add_(1))
    const x = tensor([1, 2, 3])
    double(x)
    double(x)
    expect(x.tolist()).toEqual([1, 2, 3])
    expect(double(tensor([5, 6, 7])).tolist()).toEqual([11, 13, 15])
  })
})

describe('each replay', () => {
  it('counts a version of what it writes outside', () => {
    const total = zeros([2])
    const add = compile((x: Tensor) => {
      total.add_(x)
    })
    for (let i = 1; i <= 3; i++) {
      expect(add(tensor([1, 2]))).toBeUndefined()
      expect(total.storage.version).toBe(i)
    }
    expect(total.tolist()).toEqual([3, 6])
    const w = tensor([2, 2], { requiresGrad: true })
    const y = w.mul(total).sum()
    add(tensor([1, 1]))
    expect(() => y.backward()).toThrow('modified by an inplace operation')
  })

  it('draws from the same stream', () => {
    const draw = (x: Tensor, generator: Generator): Tensor =>
      rand([3], { generator })
        .add(zeros([3]).normal_(0, 1, { generator }))
        .mul(x)
    const [a, b] = [new Generator().manualSeed(5), new Generator().manualSeed(5)]
    const compiled = compile((x: Tensor) => draw(x, b))
    for (let i = 0; i < 3; i++) expect(bits(compiled(tensor(2)))).toEqual(bits(draw(tensor(2), a)))
  })

  it('begins with the same constants', () => {
    const fn = (x: Tensor): Tensor => {
      const sum = zeros([2])
      const scale = tensor([1, 2]).mul(3)
      sum.add_(x).add_(scale)
      scale.mul_(x)
      const last = sum.add(scale)
      scale.fill_(1)
      return last.add(scale)
    }
    const compiled = compile(fn)
    for (let i = 0; i < 4; i++) expect(bits(compiled(tensor([i, 1])))).toEqual(bits(fn(tensor([i, 1]))))
  })

  it('checks values again', () => {
    const bce = compile((x: Tensor, y: Tensor) => new nn.BCELoss().forward(x, y))
    expect(bce(tensor([0.5]), tensor([1])).item()).toBeCloseTo(Math.LN2)
    expect(() => bce(tensor([0.5]), tensor([2]))).toThrow('all elements of target should be between 0 and 1')
    expect(() => bce(tensor([Number.NaN]), tensor([1]))).toThrow('all elements of input should be between 0 and 1')
    expect(bce(tensor([0.5]), tensor([0])).item()).toBeCloseTo(Math.LN2)
    const nll = compile((x: Tensor, y: Tensor) => new nn.CrossEntropyLoss().forward(x, y))
    const classes = (c: number): Tensor => tensor([c], { dtype: 'int64' })
    nll(rand([1, 3]), classes(2))
    expect(() => nll(rand([1, 3]), classes(3))).toThrow('Target 3 is out of bounds.')
    expect(nll(zeros([1, 3]), classes(0)).item()).toBeCloseTo(Math.log(3))
  })

  it('returns lists, and what the function was given', () => {
    const both = compile((x: Tensor) => [x, x.add(1)] as const)
    both(tensor([1]))
    const [a, b] = both(tensor([4]))
    both(tensor([9]))
    expect([a.item(), b.item()]).toEqual([4, 5])
  })

  it('knows whether gradients are recorded', () => {
    const w = tensor([1, 2], { requiresGrad: true })
    const fn = compile((x: Tensor) => (w.mul(x).requiresGrad ? x.add(1) : x.sub(1)))
    expect(fn(tensor([1])).item()).toBe(2)
    expect(noGrad(() => fn(tensor([1]))).item()).toBe(0)
    expect(fn(tensor([1])).item()).toBe(2)
  })

  it('is part of a compiled function around it', () => {
    const inner = compile((x: Tensor) => x.mul(3))
    const outer = compile((x: Tensor) => inner(x.add(1)))
    expect([1, 2, 3].map((v) => outer(tensor(v)).item())).toEqual([6, 9, 12])
  })
})

describe('what cannot be recorded is refused, and nothing is left behind', () => {
  const w = tensor([1, 2], { requiresGrad: true })
  afterEach(() => {
    w.grad = null
    // Neither the recording nor a mode is still on.
    expect(tensor([1]).add(1).item()).toBe(2)
    expect(compile((x: Tensor) => x.add(1))(tensor([1])).item()).toBe(2)
    expect(w.mul(2).requiresGrad).toBe(true)
  })

  const hooked = (x: Tensor): void => {
    const y = w.mul(x)
    y.registerHook((g) => g)
    y.sum().backward()
  }
  const values = /^compile\(\): the function reads values of a tensor .*\n {2}help: return the tensor and read it after the call$/
  it.each<[string, (x: Tensor) => unknown, RegExp | string]>([
    ['item', (x) => (x.sum().item() > 0 ? x : x.neg()), values],
    ['toArray', (x) => tensor(x.toArray() as Float32Array), values],
    ['of a tensor from outside', (x) => x.mul(w.detach().sum().item()), values],
    ['an operation in JavaScript', (x) => x.nonzero(), values],
    ['in noGrad', (x) => noGrad(() => tensor(x.sum().item())), values],
    ['a hook on a tensor', hooked, /runs hooks/],
    ['createGraph', (x) => void w.mul(x).pow(2).sum().backward({ createGraph: true }), /createGraph/],
    ['a promise', async (x) => x, /returns a promise/],
    ['another result', () => 3, /must return a tensor, an array of tensors or nothing, not int/],
    ['writing into an argument', (x) => x.add_(1), /writes into its argument/],
  ])('%s', (name, fn, message) => {
    const compiled = compile(fn as (x: Tensor) => Tensor)
    for (let i = 0; i < 2; i++) expect(() => compiled(tensor([1, 2]))).toThrow(message)
    expect(() => compiled(tensor([1, 2]))).toThrow(name === 'another result' ? TypeError : RuntimeError)
  })

  it('hooks after accumulation, and kept gradients of non-leaves', () => {
    const x = tensor([1, 2], { requiresGrad: true })
    x.registerPostAccumulateGradHook(() => {})
    expect(() => compile((y: Tensor) => x.mul(y).sum().backward())(tensor([1, 1]))).toThrow('runs hooks')
    const retained = compile((y: Tensor) => {
      const z = w.mul(y)
      z.retainGrad()
      z.sum().backward()
    })
    expect(() => retained(tensor([1, 1]))).toThrow('runs hooks')
  })

  it('arguments', () => {
    const fn = compile((x: Tensor) => x.add(1))
    expect(() => fn(w)).toThrow('argument 1 requires a gradient')
    expect(() => fn(3 as unknown as Tensor)).toThrow('argument 1 must be Tensor, not int')
    expect(() => fn([tensor(1)] as unknown as Tensor)).toThrow(TypeError)
  })

  it('a gradient that is null in one call and not in another', () => {
    const fn = compile((x: Tensor) => {
      if (w.grad !== null) throw new Error('not the first time')
      w.mul(x).sum().backward()
    })
    fn(tensor([1, 1]))
    expect(() => fn(tensor([1, 1]))).toThrow('looks at a .grad that is null in one call and not in another')
    w.grad = null
    fn(tensor([1, 3]))
    expect(w.grad).not.toBeNull()
  })

  it('leaves that the function makes begin without a gradient', () => {
    const slope = compile((x: Tensor) => {
      const leaf = x.clone().requiresGrad_()
      leaf.pow(2).sum().backward()
      return leaf.grad as Tensor
    })
    for (const v of [1, 2, 3]) expect(slope(tensor([v, -v])).tolist()).toEqual([2 * v, -2 * v])
  })
})
