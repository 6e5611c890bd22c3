import { readFileSync } from 'node:fs'
import { arange, embedding, grad, type Index, setWarningHandler, type Tensor, tensor, zeros } from '@tapegrad/core'
import { assertClose } from '@tapegrad/core/testing'
import { describe, expect, it } from 'vitest'

interface Values {
  readonly shape: number[]
  readonly values: (number | null)[]
}
type Written = number | boolean | null | '...' | { list: number[] } | { start: number | null; stop: number | null; step: number | null }
interface Case {
  readonly op: string
  readonly x: Values
  readonly items?: Written[]
  readonly value?: Values
  readonly index?: Values
  readonly source?: Values
  readonly reduce?: 'sum' | 'prod' | 'mean' | 'amax' | 'amin'
  readonly includeSelf?: boolean
  readonly dim?: number | null
  readonly out: Values[]
  readonly grads?: ((number | null)[] | null)[]
}

const cases = JSON.parse(readFileSync(new URL('golden/indexing.json', import.meta.url), 'utf8')) as Case[]

const made = ({ shape, values }: Values, requiresGrad = false): Tensor =>
  tensor(
    Float64Array.from(values, (v) => v ?? Number.NaN),
    { shape, requiresGrad },
  )
const indexOf = (w: Written): Index => (w !== null && typeof w === 'object' && 'list' in w ? w.list : w)
const longs = (v: Values): Tensor => made(v).long()

/** The results of a case on leaves, and the leaves; `inplace` takes the form with an underscore where there is one. */
function run(c: Case, inplace: boolean): { outs: Tensor[]; leaves: Tensor[] } {
  const x = made(c.x, c.grads !== undefined)
  const base = inplace ? x.mul(1) : x
  const dim = c.dim as number
  const items = (c.items ?? []).map(indexOf)
  const value = c.value === undefined ? null : made(c.value, true)
  const source = c.source === undefined ? null : made(c.source, true)
  const leaves = [x, ...(value === null ? [] : [value]), ...(source === null ? [] : [source])]
  const options = { returnInverse: true, returnCounts: true, dim: c.dim } as const
  const outs = ((): Iterable<Tensor> => {
    switch (c.op) {
      case 'index':
        return [x.index(items)]
      case 'put':
      case 'accumulate': {
        const how = { accumulate: c.op === 'accumulate' }
        return [inplace ? base.indexPut_(items, value as Tensor, how) : x.indexPut(items, value as Tensor, how)]
      }
      case 'scatterReduce': {
        const how = { includeSelf: c.includeSelf }
        const args = [0, longs(c.index as Values), source as Tensor, c.reduce as 'sum', how] as const
        return [inplace ? base.scatterReduce_(...args) : x.scatterReduce(...args)]
      }
      case 'sort':
        return x.sort(dim)
      case 'sortDown':
        return x.sort(dim, { descending: true })
      case 'kthvalue':
        return [x.kthvalue(1, { dim }).values]
      case 'cumsum':
        return [inplace ? base.cumsum_(dim) : x.cumsum(dim)]
      case 'cumprod':
        return [inplace ? base.cumprod_(dim) : x.cumprod(dim)]
      case 'cummax':
        return x.cummax(dim)
      case 'cummin':
        return x.cummin(dim)
      case 'logcumsumexp':
        return [x.logcumsumexp(dim)]
      case 'unique':
        return x.unique(options)
      default:
        return x.uniqueConsecutive(options)
    }
  })()
  return { outs: [...outs], leaves }
}

const close = (a: number, b: number | null): boolean =>
  b === null ? Number.isNaN(a) : a === b || Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b))

function difference(c: Case, inplace: boolean): string | null {
  const { outs, leaves } = run(c, inplace)
  for (const [i, expected] of c.out.entries()) {
    const got = outs[i] as Tensor
    if (String(got.shape) !== String(expected.shape)) return `shape ${got.shape}, not ${expected.shape}`
    const flat = [...got.detach().double().flatten().toArray()].map(Number)
    if (!flat.every((v, k) => close(v, expected.values[k] as number | null))) return `${flat}, not ${expected.values}`
  }
  if (c.grads === undefined) return null
  const recorded = outs.filter((o) => o.requiresGrad)
  const weights = recorded.map((o) =>
    tensor(
      Float64Array.from({ length: o.numel() }, (_, k) => Math.cos(k)),
      { shape: o.shape },
    ),
  )
  const got = grad(recorded, leaves, { gradOutputs: weights, allowUnused: true })
  for (const [i, expected] of c.grads.entries()) {
    const flat = got[i] === null || got[i] === undefined ? null : [...(got[i] as Tensor).flatten().toArray()].map(Number)
    if (flat === null || expected === null) {
      if ((flat ?? []).some((v) => v !== 0) || (expected ?? []).some((v) => v !== 0)) return `gradient ${i}: ${flat}, not ${expected}`
    } else if (!flat.every((v, k) => close(v, expected[k] as number | null))) return `gradient ${i}: ${flat}, not ${expected}`
  }
  return null
}

describe('random cases agree with PyTorch', () => {
  const ops = [...new Set(cases.map((c) => c.op))]
  const writing = ['put', 'accumulate', 'scatterReduce', 'cumsum', 'cumprod']
  for (const op of ops)
    for (const inplace of writing.includes(op) ? [false, true] : [false])
      it(`${op}${inplace ? ', in place' : ''}`, () => {
        const own = cases.filter((c) => c.op === op)
        expect(own.length).toBeGreaterThan(3)
        const wrong = own.flatMap((c) => {
          const d = difference(c, inplace)
          return d === null ? [] : [`${JSON.stringify({ ...c, out: undefined, grads: undefined })}: ${d}`]
        })
        expect(wrong).toEqual([])
      })
})

describe('in-place forms', () => {
  const places = tensor([2n, 0n])
  const mask = tensor([true, false, true, false])
  const wide = tensor([[0n, 2n, 1n, 1n]])
  const rows = (): Tensor => arange(8).double().view([2, 4])
  const calls: Record<string, (x: Tensor, suffix: '' | '_') => Tensor> = {
    indexAdd: (x, s) => x[`indexAdd${s}`](0, places, rows(), { alpha: 2 }),
    indexCopy: (x, s) => x[`indexCopy${s}`](0, places, rows()),
    indexFill: (x, s) => x[`indexFill${s}`](0, places, 7),
    indexReduce: (x, s) => x[`indexReduce${s}`](0, places, rows(), 'amax'),
    put: (x, s) => x[`put${s}`](places, tensor([5, 6]).double(), { accumulate: true }),
    scatter: (x, s) => x[`scatter${s}`](0, wide, 3),
    scatterAdd: (x, s) => x[`scatterAdd${s}`](0, wide, rows()),
    scatterReduce: (x, s) => x[`scatterReduce${s}`](0, wide, rows(), 'mean'),
    maskedFill: (x, s) => x[`maskedFill${s}`](mask, 9),
    maskedScatter: (x, s) => x[`maskedScatter${s}`](mask, rows()),
    tril: (x, s) => x[`tril${s}`](),
    triu: (x, s) => x[`triu${s}`]({ diagonal: 1 }),
    cumsum: (x, s) => x[`cumsum${s}`](1),
    cumprod: (x, s) => x[`cumprod${s}`](1),
    // The same tensor read and written.
    indexAddSelf: (x, s) => x[`indexAdd${s}`](0, places, x.narrow(0, 0, 2)),
    scatterSelf: (x, s) => x[`scatter${s}`](1, tensor([[3n, 2n, 1n, 0n]]), x),
  }
  const start = (): Tensor => arange(12).double().sub(5).view([3, 4])

  for (const [name, call] of Object.entries(calls)) {
    it(`${name} writes what the other form returns, dense or not`, () => {
      const expected = call(start(), '').tolist()
      const dense = start()
      expect(call(dense, '_')).toBe(dense)
      expect(dense.tolist()).toEqual(expected)
      const strided = start().t().contiguous().t()
      call(strided, '_')
      expect(strided.tolist()).toEqual(expected)
      const whole = zeros([3, 8]).double()
      const part = whole.slice(1, 0, null, 2)
      call(part.copy_(start()), '_')
      expect(part.tolist()).toEqual(expected)
      expect(whole.slice(1, 1, null, 2).abs().sum().item()).toBe(0)
    })

    it(`${name} in place on a view gives its base the gradient of the other form`, () => {
      const gradient = (inplace: boolean): Tensor => {
        const x = start().requiresGrad_()
        const base = x.mul(1)
        const part = base.t().t()
        const written = call(part, inplace ? '_' : '')
        const out = inplace ? base : written
        const weights = arange(12).double().cos().view([3, 4])
        return grad([out], [x], { gradOutputs: [weights] })[0] as Tensor
      }
      assertClose(gradient(true), gradient(false))
    })
  }

  it('refuse a leaf that requires a gradient', () => {
    const x = start().requiresGrad_()
    const message = 'a leaf Variable that requires grad is being used in an in-place operation.'
    expect(() => x.scatter_(0, wide, 3)).toThrowError(message)
    expect(() => x.indexPut_([places], 3)).toThrowError(message)
    expect(() => x.tril_()).toThrowError(message)
  })

  it('are seen by what saved the tensor', () => {
    const x = start().requiresGrad_()
    const y = x.mul(1)
    const z = y.mul(y)
    y.detach().indexFill_(0, places, 0)
    expect(() => z.sum().backward()).toThrowError(/modified by an inplace operation/)
  })
})

describe('corners', () => {
  it('transposes are properties', () => {
    const x = arange(24).view([2, 3, 4])
    expect(x.mT.shape).toEqual([2, 4, 3])
    expect(x.mH.shape).toEqual([2, 4, 3])
    expect(x.select(0, 0).T.shape).toEqual([4, 3])
    expect(x.select(0, 0).H.tolist()).toEqual(x.select(0, 0).t().tolist())
    expect(tensor(3).T.item()).toBe(3)
    expect(() => tensor([1]).mT).toThrowError('tensor.mT is only supported on matrices or batches of matrices. Got 1-D tensor.')
    const warnings: string[] = []
    const before = setWarningHandler((message) => warnings.push(message))
    expect(x.T.shape).toEqual([4, 3, 2])
    setWarningHandler(before)
    expect(warnings[0]).toMatch(/^The use of `x.T` on tensors of dimension other than 2/)
  })

  it('clones keep the order of memory', () => {
    const x = arange(24).view([2, 3, 4])
    expect(x.permute([2, 0, 1]).clone().stride()).toEqual([1, 12, 4])
    expect(x.permute([2, 0, 1]).slice(0, 0, null, 2).clone().stride()).toEqual([1, 6, 2])
    expect(arange(3).view([1, 3]).expand([4, 3]).clone().stride()).toEqual([3, 1])
    expect(x.transpose(0, 2).contiguous().stride()).toEqual([6, 2, 1])
  })

  it('the padding row of an embedding has no gradient', () => {
    const weight = arange(8).double().view([4, 2]).requiresGrad_()
    embedding(tensor([1n, 3n, 1n]), weight, { paddingIdx: -1 })
      .sum()
      .backward()
    expect(weight.grad?.tolist()).toEqual([
      [0, 0],
      [2, 2],
      [0, 0],
      [0, 0],
    ])
  })

  it('long rows of an embedding are scaled down in place', () => {
    const weight = tensor([
      [3, 4],
      [0.25, 0.5],
    ]).double()
    embedding(tensor([0n]), weight, { maxNorm: 1 })
    expect(weight.tolist()).toEqual([
      [expect.closeTo(0.6, 6), expect.closeTo(0.8, 6)],
      [0.25, 0.5],
    ])
  })

  it('resize_ keeps the elements in order and adds zeros', () => {
    const x = arange(4).view([2, 2])
    expect(x.resize_([3, 2])).toBe(x)
    expect(x.tolist()).toEqual([
      [0, 1],
      [2, 3],
      [0, 0],
    ])
    expect(x.resize_(2).tolist()).toEqual([0, 1])
    expect(() => tensor([1]).requiresGrad_().resize_(2)).toThrowError('cannot resize variables that require grad')
  })

  it('indices may come one by one, as one array, or nested', () => {
    const x = arange(12).view([3, 4])
    expect(x.index(1, 2).item()).toBe(6)
    expect(x.index([1, 2]).item()).toBe(6)
    expect(x.index([[1, 2]]).tolist()).toEqual(x.slice(0, 1).tolist())
    expect(x.at(-1).tolist()).toEqual([8, 9, 10, 11])
    expect(x.index().shape).toEqual([3, 4])
    expect(() => x.index(0.5)).toThrowError(/^only integers, slices/)
    expect(() => x.index(tensor([1.5]))).toThrowError('tensors used as indices must be long, int, byte or bool tensors')
    expect(() => x.index({ step: -1 })).toThrowError('step must be greater than zero')
  })

  it('a mask may span several dimensions before others are sliced', () => {
    const x = arange(24).view([2, 3, 4])
    const mask = tensor([
      [true, false, true],
      [false, false, true],
    ])
    expect(x.index(mask, { start: 1, stop: 3 }).tolist()).toEqual([
      [1, 2],
      [9, 10],
      [21, 22],
    ])
  })
})
