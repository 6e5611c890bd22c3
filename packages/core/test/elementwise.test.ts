import { describe, expect, it } from 'vitest'
import { elementwise, noGrad, tensor } from '../src/index.ts'

describe('elementwise kernels', () => {
  const blend = elementwise((x, y, weight) => x.add(y.sub(x).mul(weight)))

  it('write a formula into a tensor in place', () => {
    const x = tensor([1, 2, 3])
    const same = blend(x, x, tensor([3, 4, 5]), 0.5)
    expect(same).toBe(x)
    expect(x.tolist()).toEqual([2, 3, 4])
  })

  it('broadcast operands to the tensor that is written', () => {
    const out = tensor([
      [0, 0],
      [0, 0],
    ])
    blend(out, tensor([1, 2]), tensor([[3], [5]]), 0.5)
    expect(out.tolist()).toEqual([
      [2, 2.5],
      [3, 3.5],
    ])
    expect(() => blend(tensor([0, 0]), tensor([1, 2, 3]), 0, 0)).toThrow("doesn't match the broadcast shape")
  })

  it('refuse operands that overlap the tensor that is written in another place', () => {
    const x = tensor([1, 2, 3, 4])
    const difference = elementwise((a, b) => a.sub(b))
    expect(() => difference(x.narrow(0, 1, 3), x.narrow(0, 1, 3), x.narrow(0, 0, 3))).toThrow('refer to a single memory location')
    expect(x.tolist()).toEqual([1, 2, 3, 4])
  })

  it('leave the graph alone and refuse leaves while recording', () => {
    const p = tensor([1, 2], { requiresGrad: true })
    expect(() => blend(p, p, 0, 0.5)).toThrow('a leaf Variable that requires grad is being used in an in-place operation.')
    noGrad(() => blend(p, p, 0, 0.5))
    expect(p.tolist()).toEqual([0.5, 1])
    expect(p.isLeaf).toBe(true)
  })

  it('count as writes, which what was saved for backward remembers', () => {
    const x = tensor([1, 2], { requiresGrad: true })
    const y = x.exp()
    noGrad(() => blend(y, y, 0, 0.5))
    expect(() => y.sum().backward()).toThrow('modified by an inplace operation')
  })
})
