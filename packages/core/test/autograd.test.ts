import {
  arange,
  cat,
  enableGrad,
  Function,
  type FunctionContext,
  grad,
  inferenceMode,
  isGradEnabled,
  noGrad,
  ones,
  rand,
  setWarningHandler,
  stack,
  Tensor,
  tensor,
  zeros,
} from '@tapegrad/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let warnings: string[] = []
let before: ReturnType<typeof setWarningHandler>
beforeEach(() => {
  warnings = []
  before = setWarningHandler((message) => warnings.push(message))
})
afterEach(() => void setWarningHandler(before))

const leaf = (values: Parameters<typeof tensor>[0]): Tensor => tensor(values, { requiresGrad: true })
const list = (x: Tensor | null): unknown => x?.tolist() ?? null

describe('the engine', () => {
  it('goes back through a chain of 100,000 additions', () => {
    const x = leaf(1)
    let y: Tensor = x
    for (let i = 0; i < 100_000; i++) y = y.add(1)
    y.backward()
    expect(list(x.grad)).toBe(1)
  })

  it('visits each node of a diamond of 2^30 paths once', () => {
    const x = leaf(1)
    let y: Tensor = x
    for (let i = 0; i < 30; i++) y = y.add(y)
    y.backward()
    expect(list(x.grad)).toBe(2 ** 30)
  })

  it('adds up the gradients of a thousand uses, and of two passes', () => {
    const x = leaf(3)
    let y: Tensor = x
    for (let i = 1; i < 1000; i++) y = y.add(x)
    y.backward({ retainGraph: true })
    expect(list(x.grad)).toBe(1000)
    y.backward()
    expect(list(x.grad)).toBe(2000)
  })

  it('names nodes and their inputs', () => {
    const w = leaf(2)
    const y = w.mul(3).add(1)
    expect(y.gradFn?.name).toBe('AddBackward0')
    const [[mulNode], [none]] = (y.gradFn as NonNullable<Tensor['gradFn']>).nextFunctions as unknown as [
      [{ name: string; nextFunctions: { name: string }[][] }, number],
      [null, number],
    ]
    expect(mulNode.name).toBe('MulBackward0')
    expect(mulNode.nextFunctions[0]?.[0]?.name).toBe('AccumulateGrad')
    expect(none).toBeNull()
  })

  it('frees what was saved unless told to keep it', () => {
    const x = leaf([1, 2])
    const y = x.exp().sum()
    y.backward()
    expect(() => y.backward()).toThrow(/^Trying to backward through the graph a second time/)
    // An addition saves nothing, so it may be walked again.
    const z = x.add(1).sum()
    z.backward()
    z.backward()
  })

  it('leaves no trace of a pass that failed', () => {
    const x = leaf([1, 2])
    const y = x.mul(2)
    const handle = y.registerHook(() => {
      throw new Error('from a hook')
    })
    expect(() => y.sum().backward()).toThrow('from a hook')
    handle.remove()
    y.sum().backward()
    expect(list(x.grad)).toEqual([2, 2])
  })

  it('runs a backward inside a hook of another, over the same nodes', () => {
    const x = leaf(2)
    const y = x.mul(3)
    let inner: Tensor | null = null
    let entered = false
    y.registerHook(() => {
      if (entered) return
      entered = true
      inner = enableGrad(() => grad(y.mul(5), x, { retainGraph: true }))[0] as Tensor
    })
    y.mul(7).backward()
    expect(list(inner)).toBe(15)
    expect(list(x.grad)).toBe(21)
  })

  it('gives gradients memory of their own', () => {
    const a = leaf([1, 2])
    const b = leaf([3, 4])
    a.add(b).sum().backward()
    ;(a.grad as Tensor).mul_(10)
    expect(list(b.grad)).toEqual([1, 1])
    const seed = tensor([1, 1])
    const c = leaf([1, 2])
    c.add(0).backward({ gradient: seed })
    ;(c.grad as Tensor).zero_()
    expect(list(seed)).toEqual([1, 1])
  })

  it('restricts backward to the inputs named', () => {
    const a = leaf(2)
    const b = leaf(3)
    a.mul(b).backward({ inputs: [a] })
    expect(list(a.grad)).toBe(3)
    expect(b.grad).toBeNull()
  })

  it('accepts a gradient for outputs of several elements', () => {
    const x = leaf([1, 2, 3])
    x.mul(x).backward({ gradient: tensor([1, 10, 100]) })
    expect(list(x.grad)).toEqual([2, 40, 600])
  })
})

describe('grad', () => {
  it('returns gradients of leaves and of what lies between, and adds none up', () => {
    const x = leaf(3)
    const y = x.mul(2)
    const z = y.mul(y)
    const [dx, dy] = grad(z, [x, y]) as [Tensor, Tensor]
    expect([list(dx), list(dy)]).toEqual([24, 12])
    expect(x.grad).toBeNull()
  })

  it('differentiates again', () => {
    const x = leaf(2)
    const [first] = grad(x.pow(3), x, { createGraph: true }) as [Tensor]
    const [second] = grad(first, x, { createGraph: true }) as [Tensor]
    const [third] = grad(second, x) as [Tensor]
    expect([list(first), list(second), list(third)]).toEqual([12, 12, 6])
  })

  it('tells of inputs that were not used', () => {
    const x = leaf(1)
    const z = leaf(1)
    expect(() => grad(x.mul(2), [x, z])).toThrow('The differentiated Tensor at index 1 appears to not have been used in the graph.')
    expect(grad(x.mul(2), [x, z], { allowUnused: true })[1]).toBeNull()
    expect(list(grad(x.mul(2), [x, z], { materializeGrads: true })[1] as Tensor)).toBe(0)
  })

  it('gives an output that is its own input a gradient of one', () => {
    const x = leaf(5)
    expect(list(grad(x, x)[0] as Tensor)).toBe(1)
  })
})

describe('modes', () => {
  it('record nothing inside noGrad, whatever happens there', () => {
    const x = leaf(2)
    expect(noGrad(() => x.pow(2)).requiresGrad).toBe(false)
    expect(() =>
      noGrad(() => {
        throw new Error('out')
      }),
    ).toThrow('out')
    expect(isGradEnabled()).toBe(true)
    expect(noGrad(() => enableGrad(() => x.pow(2))).requiresGrad).toBe(true)
  })

  it('end with the scope of a using declaration', () => {
    const scope = noGrad()
    expect(isGradEnabled()).toBe(false)
    scope[Symbol.dispose]()
    expect(isGradEnabled()).toBe(true)
  })

  it('refuse functions that return promises', () => {
    expect(() => noGrad(async () => 1)).toThrow('noGrad() got a function that returns a promise')
    expect(isGradEnabled()).toBe(true)
  })

  it('keep inference tensors out of graphs', () => {
    const x = inferenceMode(() => ones([3]))
    const w = ones([3], { requiresGrad: true })
    expect(() => w.mul(x)).toThrow(/^Inference tensors cannot be saved for backward\./)
  })
})

describe('hooks', () => {
  it('see and replace gradients of leaves and others', () => {
    const x = leaf([1, 2])
    const seen: unknown[] = []
    x.registerHook((g) => void seen.push(g.tolist()))
    const y = x.mul(3)
    const handle = y.registerHook((g) => g.mul(10))
    y.sum().backward()
    expect(seen).toEqual([[30, 30]])
    expect(list(x.grad)).toEqual([30, 30])
    handle.remove()
    x.grad = null
    x.mul(3).sum().backward()
    expect(list(x.grad)).toEqual([3, 3])
  })

  it('run after a leaf has gathered its gradient', () => {
    const x = leaf(2)
    const seen: unknown[] = []
    x.registerPostAccumulateGradHook((t) => void seen.push(t.grad?.item()))
    x.mul(x).backward()
    expect(seen).toEqual([4])
  })

  it('may not change the shape', () => {
    const x = leaf([1, 2, 3])
    x.registerHook(() => ones([2]))
    expect(() => x.mul(2).sum().backward()).toThrow('has changed the size of value')
  })
})

describe('.grad', () => {
  it('warns once when read from a non-leaf, and keeps it after retainGrad', () => {
    const x = leaf(4)
    const y = x.pow(2)
    expect(y.grad).toBeNull()
    expect(y.grad).toBeNull()
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatch(/^The \.grad attribute of a Tensor that is not a leaf Tensor is being accessed\./)
    const z = x.pow(2)
    z.retainGrad()
    z.sin().backward()
    expect(z.grad?.item()).toBeCloseTo(Math.cos(16), 6)
  })

  it('refuses what does not fit', () => {
    const x = leaf([1, 2, 3])
    expect(() => {
      x.grad = ones([2])
    }).toThrow("attempting to assign a gradient of size '[2]' to a tensor of size '[3]'.")
    expect(() => {
      x.grad = x
    }).toThrow("can't assign Variable as its own grad")
  })
})

describe('in-place operations', () => {
  it('are refused on leaves that require gradients, and on their views', () => {
    const x = ones([3], { requiresGrad: true })
    expect(() => x.add_(1)).toThrow('a leaf Variable that requires grad is being used in an in-place operation.')
    expect(() => x.select(0, 0).add_(1)).toThrow('a view of a leaf Variable that requires grad is being used in an in-place operation.')
    noGrad(() => x.add_(1))
    expect(list(x)).toEqual([2, 2, 2])
  })

  it('record what they do', () => {
    const x = leaf([1, 2])
    const y = x.mul(1)
    expect(y.mul_(3)).toBe(y)
    expect(y.gradFn?.name).toBe('MulBackward0')
    y.exp_().sum().backward()
    expect(list(x.grad)).toEqual([Math.fround(3 * Math.fround(Math.exp(3))), Math.fround(3 * Math.fround(Math.exp(6)))])
  })

  it('save what they overwrite when the derivative needs it', () => {
    const x = leaf([2, 3])
    const y = x.mul(1)
    y.pow_(3)
    y.sin_()
    y.sum().backward()
    const expected = [2, 3].map((v) => Math.cos(v ** 3) * 3 * v * v)
    expect(((x.grad as Tensor).tolist() as number[]).map((g, i) => Math.abs(g - (expected[i] as number)) < 1e-4)).toEqual([true, true])
  })

  it('cannot multiply a tensor by itself and go back, as the other operand is gone', () => {
    const x = leaf([2, 3])
    const y = x.mul(1)
    y.mul_(y)
    expect(() => y.sum().backward()).toThrow('modified by an inplace operation')
  })

  it('on a view rewrite the history of its base', () => {
    const x = leaf([1, 2, 3])
    const y = x.mul(1)
    y.select(0, 0).mul_(2)
    expect(y.gradFn?.name).toBe('CopySlices')
    y.mul(tensor([1, 10, 100]))
      .sum()
      .backward()
    expect(list(x.grad)).toEqual([2, 10, 100])
  })

  it('on a base renew the history of its views', () => {
    const x = leaf([1, 2, 3])
    const y = x.mul(1)
    const v = y.slice(0, 1)
    y.mul_(2)
    expect(v.gradFn?.name).toBe('AsStridedBackward0')
    v.sum().backward()
    expect(list(x.grad)).toEqual([0, 2, 2])
  })

  it('copy gradients through views of views', () => {
    const x = leaf([
      [1, 2],
      [3, 4],
    ])
    const source = leaf([10, 20])
    const y = x.mul(1)
    y.t().select(0, 1).copy_(source)
    y.mul(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    )
      .sum()
      .backward()
    expect(list(x.grad)).toEqual([
      [1, 0],
      [3, 0],
    ])
    expect(list(source.grad)).toEqual([2, 4])
  })

  it('make a tensor part of the graph', () => {
    const buffer = zeros([3])
    const w = leaf(5)
    buffer.select(0, 1).copy_(w.mul(2))
    expect(buffer.requiresGrad).toBe(true)
    buffer.mul(buffer).sum().backward()
    expect(list(w.grad)).toBe(40)
  })

  it('are noticed by what had saved the old values', () => {
    const x = ones([2, 3], { requiresGrad: true })
    const y = x.sigmoid()
    y.add_(1)
    expect(() => y.sum().backward()).toThrow(
      'one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [2, 3]], which is output 0 of Sigmoid, is at version 1; expected version 0 instead.',
    )
    const a = leaf([1, 2])
    const b = a.mul(1)
    const c = b.mul(b)
    b.detach().add_(1)
    expect(() => c.sum().backward()).toThrow('modified by an inplace operation')
  })

  it('are refused where several views were made at once, or without recording', () => {
    const y = leaf([1, 2, 3, 4]).mul(1)
    const [a] = y.chunk(2) as [Tensor, Tensor]
    expect(() => a.mul_(2)).toThrow('Output 0 of Split is a view and is being modified inplace.')
    const v = noGrad(() => y.slice(0, 0, 2))
    expect(() => v.mul_(2)).toThrow('A view was created in no_grad mode and is being modified inplace with grad mode enabled.')
  })

  it('are refused where memory overlaps', () => {
    expect(() => ones([1]).expand([3]).add_(1)).toThrow('more than one element of the written-to tensor refers to a single memory location')
    const m = ones([3, 3])
    expect(() => m.add_(m.t())).toThrow('some elements of the input tensor and the written-to tensor refer to a single memory location')
    expect(() => ones([3]).add_(ones([2, 3]))).toThrow("output with shape [3] doesn't match the broadcast shape [2, 3]")
    expect(() => ones([3], { dtype: 'int64' }).add_(0.5)).toThrow("result type Float can't be cast to the desired output type Long")
  })

  it('zero and fill cut the history of what they overwrite', () => {
    const x = leaf([1, 2])
    const y = x.mul(3)
    y.fill_(7)
    y.mul(y).sum().backward()
    expect(list(x.grad)).toEqual([0, 0])
  })
})

describe('user-defined operations', () => {
  class Cube extends Function {
    static forward(ctx: FunctionContext, x: Tensor): Tensor {
      ctx.saveForBackward(x)
      return x.pow(3)
    }

    static backward(ctx: FunctionContext, g: Tensor): Tensor {
      const [x] = ctx.savedTensors as [Tensor]
      return g.mul(x.pow(2)).mul(3)
    }
  }

  it('run forward and backward, twice if asked', () => {
    const x = leaf(2)
    const y = Cube.apply(x)
    expect(String(y.detach())).toBe('8.0')
    expect(y.gradFn?.name).toBe('CubeBackward')
    const [first] = grad(y, x, { createGraph: true }) as [Tensor]
    const [second] = grad(first, x) as [Tensor]
    expect([list(first), list(second)]).toEqual([12, 12])
  })

  it('are told of a wrong number of gradients', () => {
    class Two extends Function {
      static forward(_: FunctionContext, x: Tensor): Tensor {
        return x.mul(2)
      }

      static backward(_: FunctionContext, g: Tensor): Tensor[] {
        return [g, g]
      }
    }
    expect(() => Two.apply(leaf(1)).backward()).toThrow(
      'function TwoBackward returned an incorrect number of gradients (expected 1, got 2)',
    )
  })
})

describe('corners', () => {
  it('pass gradients through empty tensors', () => {
    const a = rand([4, 0]).requiresGrad_()
    const b = rand([4, 1]).requiresGrad_()
    a.add(b).sum().backward()
    expect(a.grad?.shape).toEqual([4, 0])
    expect(list(b.grad)).toEqual([[0], [0], [0], [0]])
  })

  it('join and stack leaves that want gradients with others', () => {
    const a = leaf([1, 2])
    const b = tensor([3, 4])
    cat([a, b])
      .mul(tensor([1, 2, 3, 4]))
      .sum()
      .backward()
    expect(list(a.grad)).toEqual([1, 2])
    stack([b, a], 1).select(1, 1).sum().backward()
    expect(list(a.grad)).toEqual([2, 3])
  })

  it('cast gradients to the dtype of the input', () => {
    const a = leaf([1, 2])
    const b = tensor([1, 2], { dtype: 'float64', requiresGrad: true })
    a.mul(b).sum().backward()
    expect([a.grad?.dtype, b.grad?.dtype]).toEqual(['float32', 'float64'])
  })

  it('refuse gradients of integers', () => {
    expect(() => tensor([1n, 2n], { requiresGrad: true })).toThrow('Only Tensors of floating point and complex dtype can require gradients')
    expect(() => tensor([1n]).requiresGrad_()).toThrow('only Tensors of floating point dtype can require gradients')
    expect(tensor([1.5, 2], { requiresGrad: true }).eq(1).requiresGrad).toBe(false)
  })
})

it('Tensor is exported for instanceof', () => {
  expect(tensor(1)).toBeInstanceOf(Tensor)
})

describe('gradients of their own', () => {
  it('are not shared between leaves, not even where the backward pass is recorded', () => {
    const [a, b] = [tensor([1, 1], { requiresGrad: true }), tensor([1, 1], { requiresGrad: true })]
    a.add(b).pow(2).sum().backward({ createGraph: true })
    expect(a.grad === b.grad).toBe(false)
    a.grad?.detach().zero_()
    expect(b.grad?.tolist()).toEqual([4, 4])
    const [second] = grad((b.grad as Tensor).sum(), [b])
    expect(second?.tolist()).toEqual([2, 2])
  })

  it('are not shared with what was given, nor counted twice', () => {
    const x = tensor([1, 2], { requiresGrad: true })
    const y = x.mul(2)
    y.retainGrad()
    const given = tensor([1, 1])
    y.backward({ gradient: given, inputs: [y] })
    y.grad?.zero_()
    expect(given.tolist()).toEqual([1, 1])
    const z = x.mul(3)
    z.retainGrad()
    z.sum().backward({ inputs: [z] })
    expect(z.grad?.tolist()).toEqual([1, 1])
  })

  it('lie in memory as their leaves do', () => {
    const x = ones([2, 3]).requiresGrad_()
    x.t()
      .mul(arange(6, { dtype: 'float32' }).view([3, 2]))
      .sum()
      .backward()
    expect(x.grad?.stride()).toEqual([3, 1])
    expect(x.grad?.view([-1]).tolist()).toEqual([0, 2, 4, 1, 3, 5])
  })

  it('pass a write to a part of their tensor though they are infinite there', () => {
    const x = tensor([0, 4], { requiresGrad: true })
    const y = x.clone()
    y.narrow(0, 0, 1).fill_(0)
    y.sqrt().sum().backward()
    expect(x.grad?.tolist()).toEqual([0, 0.25])
  })
})
