import { inspect } from 'node:util'
import { ones, rand, setWarningHandler, Tensor, tensor, zeros } from '@tapegrad/core'
import { describe, expect, it } from 'vitest'
import { Buffer, Identity, type Layer, Linear, Module, ModuleDict, ModuleList, Parameter, ReLU, Sequential, Sigmoid } from '../src/index.ts'
import { messages, readJson } from './golden.ts'

class Scale extends Module {
  readonly wIn = new Parameter(tensor([2]))
  readonly runningMean = new Buffer(tensor([7]))
  readonly scratch = new Buffer(tensor([8]), { persistent: false })
  readonly inner = new Linear(1, 1)
  readonly b = new Parameter(tensor([1]))
  readonly plain = tensor([5])
  readonly none: Parameter | null = null
  readonly #hidden = new Linear(1, 1)

  forward(x: Tensor): Tensor {
    return this.#hidden === null ? x : x.mul(this.wIn).add(this.b)
  }
}

describe('the walk', () => {
  it('finds parameters, buffers and children in the order of the fields, own ones first', () => {
    const m = new Scale()
    expect(m.namedParameters().map(([name]) => name)).toEqual(['w_in', 'b', 'inner.weight', 'inner.bias'])
    expect(m.namedParameters({ recurse: false }).map(([name]) => name)).toEqual(['w_in', 'b'])
    expect(m.namedBuffers().map(([name]) => name)).toEqual(['running_mean', 'scratch'])
    expect(m.namedModules().map(([name]) => name)).toEqual(['', 'inner'])
    expect(m.namedChildren().map(([name, child]) => [name, child === m.inner])).toEqual([['inner', true]])
    expect([...m.stateDict().keys()]).toEqual(['w_in', 'b', 'running_mean', 'inner.weight', 'inner.bias'])
    expect(m.parameters()[0]).toBe(m.wIn)
    expect(m.buffers().map((b) => b.item())).toEqual([7, 8])
  })

  it('counts what is shared once, and saves it under each name', () => {
    class Tied extends Module {
      readonly first = new Linear(2, 2, { bias: false })
      readonly second = this.first
      readonly weight = this.first.weight
      forward(x: Tensor): Tensor {
        return this.second.forward(this.first.forward(x))
      }
    }
    const m = new Tied()
    expect(m.namedParameters().map(([name]) => name)).toEqual(['weight'])
    expect(m.namedModules().map(([name]) => name)).toEqual(['', 'first'])
    expect([...m.stateDict().keys()]).toEqual(['weight', 'first.weight', 'second.weight'])
  })

  it('finds fields added later, and fields of every level of a class', () => {
    class Base extends Module {
      readonly a = new Linear(1, 1, { bias: false })
      forward(x: Tensor): Tensor {
        return x
      }
    }
    class Derived extends Base {
      readonly b = new Linear(1, 1, { bias: false })
    }
    const m = new Derived() as Derived & { c?: Module }
    m.c = new Linear(1, 1, { bias: false })
    expect([...m.stateDict().keys()]).toEqual(['a.weight', 'b.weight', 'c.weight'])
  })

  it('takes names that are not camelCase as they are', () => {
    class Names extends Module {
      readonly fc1 = new Identity()
      readonly W_q = new Identity()
      readonly Wk = new Identity()
      readonly weightIhL0 = new Identity()
      readonly weightIH = new Identity()
      readonly conv2dT = new Identity()
      forward(): void {}
    }
    expect(new Names().namedChildren().map(([name]) => name)).toEqual(['fc1', 'W_q', 'Wk', 'weight_ih_l0', 'weight_ih', 'conv2d_t'])
  })

  it('refuses two fields of one name, arrays of modules, and modules that contain themselves', () => {
    class Twice extends Module {
      readonly fooBar = new Identity()
      readonly foo_bar = new Linear(1, 1)
      forward(): void {}
    }
    expect(() => new Twice().stateDict()).toThrow("attribute 'foo_bar' already exists")
    class Listed extends Module {
      readonly layers = [new Linear(1, 1)]
      forward(): void {}
    }
    expect(() => new Listed().parameters()).toThrow(/Listed.layers is an array of modules or parameters.*\n {2}help: make it a ModuleList/)
    class Loop extends Module {
      readonly child = new Sequential(new Identity())
      forward(): void {}
    }
    const loop = new Loop()
    loop.child.append(loop as unknown as Layer)
    expect(() => loop.parameters()).toThrow("Loop contains itself, as 'child.1'")
  })
})

describe('Parameter and Buffer', () => {
  it('share memory with what they are made of and start a history', () => {
    const x = tensor([1, 2])
    const w = new Parameter(x)
    x.mul_(3)
    expect(w.tolist()).toEqual([3, 6])
    expect([w.requiresGrad, w.isLeaf, x.requiresGrad]).toEqual([true, true, false])
    expect(new Parameter(w.mul(2)).isLeaf).toBe(true)
    expect(new Parameter(x, false).requiresGrad).toBe(false)
    expect(new Buffer(x)).toBeInstanceOf(Tensor)
    expect(() => new Parameter(tensor([1n]))).toThrow('only Tensors of floating point and complex dtype can require gradients')
  })

  it('print as in PyTorch', () => {
    const text = 'Parameter containing:\ntensor([1., 2.], requires_grad=True)'
    const w = new Parameter(tensor([1, 2]))
    expect(w.toString()).toBe(text)
    expect(String(w)).toBe(text)
    expect(inspect(w)).toBe(text)
    expect(String(new Buffer(tensor([1, 2])))).toBe('tensor([1., 2.])')
  })

  it('give plain tensors', () => {
    expect(new Parameter(tensor([1, 2])).mul(2)).not.toBeInstanceOf(Parameter)
  })
})

describe('reprs', () => {
  const golden = readJson<Record<string, string>>('repr.json')
  const made: Record<string, Module> = {
    'nn.Linear(4,3,bias=False)': new Linear(4, 3, { bias: false }),
    'nn.ReLU(inplace=True)': new ReLU({ inplace: true }),
    'nn.Identity()': new Identity(),
    'nn.Sequential(nn.Linear(4,8),nn.ReLU(),nn.Linear(8,3))': new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 3)),
    'nn.Sequential()': new Sequential(),
    "nn.ModuleDict({'a':nn.Linear(1,1)})": new ModuleDict({ a: new Linear(1, 1) }),
  }
  it.each(Object.entries(made))('%s', (python, module) => {
    expect(String(module)).toBe(golden[python])
    expect(inspect(module)).toBe(golden[python])
  })

  it('nests, and folds equal neighbours of a list', () => {
    class Net extends Module {
      readonly body = new Sequential(new Sequential(new Identity()), new ReLU())
      readonly heads = new ModuleList([new Identity(), new Identity(), new ReLU(), new Sequential(new Identity())])
      readonly w = new Parameter(tensor([1]))
      readonly empty = new ModuleList()
      forward(x: Tensor): Tensor {
        return x
      }
      override extraRepr(): string {
        return 'p=1'
      }
    }
    expect(String(new Net())).toBe(`Net(
  p=1
  (body): Sequential(
    (0): Sequential(
      (0): Identity()
    )
    (1): ReLU()
  )
  (heads): ModuleList(
    (0-1): 2 x Identity()
    (2): ReLU()
    (3): Sequential(
      (0): Identity()
    )
  )
  (empty): ModuleList()
)`)
  })
})

describe('containers', () => {
  it('Sequential chains, by number or by name', () => {
    const model = new Sequential(new Linear(2, 3), new Sigmoid())
    expect(model.forward(rand([4, 2])).shape).toEqual([4, 3])
    expect([...model].length).toBe(model.length)
    expect(model.at(-1)).toBeInstanceOf(Sigmoid)
    expect([...model.append(new Linear(3, 1)).stateDict().keys()]).toEqual(['0.weight', '0.bias', '2.weight', '2.bias'])
    const named = new Sequential({ hiddenLayer: new Linear(2, 1), act: new Sigmoid() })
    expect([...named.stateDict().keys()]).toEqual(['hiddenLayer.weight', 'hiddenLayer.bias'])
    const x = ones([1])
    expect(new Sequential().forward(x)).toBe(x)
  })

  it('may have fields beside what they hold', () => {
    class Scaled extends Sequential {
      readonly gain = new Parameter(tensor([2]))
      override forward(x: Tensor): Tensor {
        return super.forward(x).mul(this.gain)
      }
    }
    const model = new Scaled(new Linear(1, 1))
    expect(model.namedParameters().map(([name]) => name)).toEqual(['gain', '0.weight', '0.bias'])
  })

  it('ModuleList and ModuleDict hold', () => {
    const list = new ModuleList([new Linear(1, 2)])
    list.append(new Linear(2, 3)).extend([new Linear(3, 4)])
    expect(list.length).toBe(3)
    expect([...list].map((l) => l.outFeatures)).toEqual([2, 3, 4])
    expect(list.at(-1).outFeatures).toBe(4)
    expect(list.namedParameters()[2]?.[0]).toBe('1.weight')
    const dict = new ModuleDict(new Map([['someKey', new Linear(1, 1)]])).set('other', new Linear(1, 1))
    expect(dict.keys()).toEqual(['someKey', 'other'])
    expect(dict.namedParameters().map(([name]) => name)).toEqual(['someKey.weight', 'someKey.bias', 'other.weight', 'other.bias'])
    expect(dict.get('other').inFeatures).toBe(1)
    expect([dict.has('other'), dict.has('none'), [...dict].length]).toEqual([true, false, 2])
    expect(() => dict.get('none')).toThrow("'none'")
  })

  it('raise in the words of PyTorch', () => {
    const wanted = (id: string): string => messages.get(id)?.message as string
    expect(() => new Sequential(1 as unknown as Layer)).toThrow(new TypeError(wanted('nn.module_add_notmodule')))
    expect(() => new ModuleList([1 as unknown as Module])).toThrow(new TypeError(wanted('nn.modulelist_notmodule')))
    expect(() => new Sequential().at(0)).toThrow(wanted('nn.sequential_index'))
    expect(() => new ModuleList().at(0.5)).toThrow('index 0.5 is out of range')
    expect(() => new ModuleDict({ '0.x': new Identity() })).toThrow('module name can\'t contain ".", got: 0.x')
    expect(() => new ModuleDict({ '': new Identity() })).toThrow('module name can\'t be empty string ""')
    expect(() => new ModuleList().forward()).toThrow(wanted('nn.forward_missing').replace('[Module]', '[ModuleList]'))
    expect(() => new ModuleDict().forward()).toThrow('Module [ModuleDict] is missing the required "forward" function')
  })
})

describe('mode, gradients, apply, dtype', () => {
  it('train and eval reach everything below', () => {
    const model = new Sequential(new Linear(1, 1), new Sequential(new ReLU()))
    expect(model.eval()).toBe(model)
    expect(model.modules().map((m) => m.training)).toEqual([false, false, false, false])
    model.train()
    expect(model.modules().every((m) => m.training)).toBe(true)
    expect(() => model.train('a' as unknown as boolean)).toThrow(messages.get('nn.train_mode')?.message)
  })

  it('zeroGrad clears, requiresGrad_ freezes', () => {
    const model = new Linear(2, 1)
    model
      .forward(ones([1, 2]))
      .sum()
      .backward()
    expect(model.weight.grad?.tolist()).toEqual([[1, 1]])
    model.zeroGrad({ setToNone: false })
    expect(model.weight.grad?.tolist()).toEqual([[0, 0]])
    model.zeroGrad()
    expect(model.weight.grad).toBe(null)
    model.requiresGrad_(false)
    expect(model.forward(ones([1, 2])).requiresGrad).toBe(false)
  })

  it('apply visits children first', () => {
    const seen: string[] = []
    const model = new Sequential(new Linear(1, 1), new Sequential(new ReLU()))
    expect(model.apply((m) => seen.push(m.constructor.name))).toBe(model)
    expect(seen).toEqual(['Linear', 'ReLU', 'Sequential', 'Sequential'])
  })

  it('double converts parameters and buffers, and keeps what is shared', () => {
    const model = new Scale().double()
    expect([...model.stateDict().values()].every((x) => x.dtype === 'float64')).toBe(true)
    expect(model.wIn).toBeInstanceOf(Parameter)
    expect(model.scratch.persistent).toBe(false)
    expect(model.to('float32').b.dtype).toBe('float32')
    const shared = new Linear(1, 1, { bias: false })
    const pair = new Sequential(shared, new Linear(1, 1, { bias: false }))
    Reflect.set(pair.at(1), 'weight', shared.weight)
    pair.double()
    expect(Reflect.get(pair.at(1), 'weight')).toBe(shared.weight)
    expect(pair.forward(ones([1, 1], { dtype: 'float64' })).dtype).toBe('float64')
  })
})

describe('loadStateDict', () => {
  const wanted = (id: string): string => messages.get(id)?.message as string
  const two = (): Sequential => new Sequential(new Linear(2, 3), new Linear(3, 1))

  it('copies, from a map or an object, and returns what did not match', () => {
    const [from, into] = [two(), two()]
    expect(into.loadStateDict(from.stateDict())).toEqual({ missingKeys: [], unexpectedKeys: [] })
    expect(into.parameters().map((p) => p.tolist())).toEqual(from.parameters().map((p) => p.tolist()))
    expect(into.parameters()[0]?.storage).not.toBe(from.parameters()[0]?.storage)
    expect(into.parameters().every((p) => p.requiresGrad && p.isLeaf)).toBe(true)
    into.loadStateDict(Object.fromEntries(from.stateDict()))
    const result = into.loadStateDict({ '0.bias': zeros([3]), x: zeros([1]), '5.weight': zeros([1]) }, { strict: false })
    expect(result).toEqual({ missingKeys: ['0.weight', '1.weight', '1.bias'], unexpectedKeys: ['x', '5.weight'] })
    expect((into.at(0) as Linear).bias?.tolist()).toEqual([0, 0, 0])
  })

  it('raises in the words of PyTorch', () => {
    expect(() => new Linear(2, 3).loadStateDict({})).toThrow(wanted('nn.load_missing'))
    expect(() => new Linear(2, 3).loadStateDict(new Linear(3, 3).stateDict())).toThrow(wanted('nn.load_size'))
    expect(() => two().loadStateDict({ '0.weight': ones([2, 2]), '0.bias': ones([3]), x: ones([1]) })).toThrow(wanted('nn.load_both'))
    const lists = { weight: [1], bias: [2] } as unknown as Record<string, Tensor>
    expect(() => new Linear(2, 3).loadStateDict(lists)).toThrow(wanted('nn.load_nontensor'))
    expect(() => new Linear(2, 3).loadStateDict([] as never)).toThrow("Expected state_dict to be dict-like, got <class 'list'>.")
  })

  it('leaves everything as it was where something does not fit', () => {
    const model = two()
    const before = model.parameters().map((p) => p.tolist())
    expect(() => model.loadStateDict({ '0.weight': zeros([3, 2]), '0.bias': zeros([4]) }, { strict: false })).toThrow(
      'size mismatch for 0.bias',
    )
    expect(model.parameters().map((p) => p.tolist())).toEqual(before)
  })

  it('takes another dtype, a one-element vector for a scalar, and a layout of its own', () => {
    class One extends Module {
      readonly w = new Parameter(tensor(1))
      readonly m = new Parameter(zeros([2, 2]))
      forward(): void {}
    }
    const m = new One()
    const turned = tensor([
      [1, 2],
      [3, 4],
    ]).t()
    m.loadStateDict({ w: tensor([3], { dtype: 'float64' }), m: turned })
    expect([m.w.item(), m.w.dtype, m.m.tolist()]).toEqual([3, 'float32', turned.tolist()])
  })

  it('gives tensors that share memory with the module', () => {
    const model = new Linear(1, 1)
    const state = model.stateDict()
    model.loadStateDict({ weight: tensor([[5]]), bias: tensor([6]) })
    expect(state.get('weight')?.item()).toBe(5)
    expect(state.get('weight')?.requiresGrad).toBe(false)
  })
})

describe('forward hooks', () => {
  const x = tensor([[1, 2]])

  it('run around forward, in order, and may replace what goes in and out', () => {
    const model = new Identity()
    const seen: string[] = []
    model.registerForwardPreHook((module, [input]) => {
      seen.push(`before ${module} ${input.shape}`)
      return input.add(1)
    })
    model.registerForwardPreHook((_, [input]) => [input.mul(2)])
    model.registerForwardHook((module, [input], output) => {
      seen.push(`after ${module} ${input.tolist()} ${output.tolist()}`)
      return output.mul(10)
    })
    model.registerForwardHook((_m, _i, output) => {
      seen.push(`last ${output.tolist()}`)
    })
    expect(model.forward(x).tolist()).toEqual([[40, 60]])
    expect(seen).toEqual(['before Identity() 1,2', 'after Identity() 4,6 4,6', 'last 40,60'])
  })

  it('leave no trace once removed', () => {
    const model = new Linear(2, 1)
    const plain = model.forward(x).item()
    let calls = 0
    const one = model.registerForwardHook(() => void calls++)
    const two = model.registerForwardPreHook(() => void calls++)
    expect(Object.keys(model)).not.toContain('forward')
    model.forward(x)
    one.remove()
    one.remove()
    model.forward(x)
    two[Symbol.dispose]()
    expect(model.forward(x).item()).toBe(plain)
    expect(calls).toBe(3)
    expect(Object.hasOwn(model, 'forward')).toBe(false)
    model.registerForwardHook(() => void calls++)
    model.forward(x)
    expect(calls).toBe(4)
  })

  it('run for modules inside others, and once under inheritance', () => {
    class Loud extends Linear {
      override forward(input: Tensor): Tensor {
        return super.forward(input).mul(2)
      }
    }
    const inner = new Loud(2, 2)
    let calls = 0
    inner.registerForwardHook(() => void calls++)
    new Sequential(new Sequential(inner)).forward(x)
    expect(calls).toBe(1)
  })

  it('wrap a forward that is a field, and put it back', () => {
    class Arrow extends Module {
      forward = (input: Tensor): Tensor => input.mul(this.factor)
      factor = 3
    }
    const model = new Arrow()
    const own = model.forward
    const handle = model.registerForwardHook((_m, _i, output) => output.add(1))
    expect(model.forward(x).tolist()).toEqual([[4, 7]])
    handle.remove()
    expect(model.forward).toBe(own)
    expect(Object.keys(model)).toContain('forward')
  })

  it('may remove themselves while they run', () => {
    const model = new Identity()
    let calls = 0
    const handle = model.registerForwardHook(() => {
      calls++
      handle.remove()
    })
    model.registerForwardHook(() => void calls++)
    model.forward(x)
    model.forward(x)
    expect(calls).toBe(3)
  })
})

it('warnings reach the handler', () => {
  const seen: string[] = []
  const before = setWarningHandler((message) => seen.push(message))
  try {
    expect(String(new Linear(0, 3))).toBe(messages.get('nn.linear_zero_warn')?.result)
    expect(seen).toEqual(messages.get('nn.linear_zero_warn')?.warnings?.map((w) => w.message))
  } finally {
    setWarningHandler(before)
  }
})
