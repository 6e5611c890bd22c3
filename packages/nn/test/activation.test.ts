import { setWarningHandler, tensor } from '@tapegrad/core'
import { describe, expect, it } from 'vitest'
import * as nn from '../src/index.ts'
import { messages } from './golden.ts'

describe('activations', () => {
  const inplace = { inplace: true }
  const all = [
    [nn.LeakyReLU, 'LeakyReLU(negative_slope=0.01, inplace=True)'],
    [nn.ELU, 'ELU(alpha=1.0, inplace=True)'],
    [nn.CELU, 'CELU(alpha=1.0, inplace=True)'],
    [nn.Hardtanh, 'Hardtanh(min_val=-1.0, max_val=1.0, inplace=True)'],
    [nn.ReLU6, 'ReLU6(inplace=True)'],
    [nn.SELU, 'SELU(inplace=True)'],
    [nn.SiLU, 'SiLU(inplace=True)'],
    [nn.Mish, 'Mish(inplace=True)'],
    [nn.Hardsigmoid, 'Hardsigmoid()'],
    [nn.Hardswish, 'Hardswish()'],
  ] as const

  it.each(all.map(([Class, repr]) => [Class.name, Class, repr] as const))('%s overwrites its input if asked to', (_, Class, repr) => {
    const values = [-4, -1.5, -0.5, 0.25, 2, 7]
    const [a, b] = [tensor(values, { requiresGrad: true }), tensor(values, { requiresGrad: true })]
    const apart = new Class().forward(a)
    apart.sum().backward()
    const inner = b.mul(1)
    const here = new Class(inplace).forward(inner)
    here.sum().backward()
    expect(here).toBe(inner)
    expect(here.tolist()).toEqual(apart.tolist())
    expect(b.grad?.tolist()).toEqual(a.grad?.tolist())
    expect(String(new Class(inplace))).toBe(repr)
  })

  it('Threshold overwrites its input if asked to', () => {
    const x = tensor([-1, 2])
    const layer = new nn.Threshold(0.5, 9, inplace)
    expect(layer.forward(x)).toBe(x)
    expect(x.tolist()).toEqual([9, 2])
    expect(String(layer)).toBe('Threshold(threshold=0.5, value=9.0, inplace=True)')
  })

  it('PReLU starts at a quarter, or where it is told to', () => {
    expect(new nn.PReLU().forward(tensor([-4])).tolist()).toEqual([-1])
    expect(new nn.PReLU({ numParameters: 2, init: 0.5, dtype: 'float64' }).weight.tolist()).toEqual([0.5, 0.5])
  })

  it('Softmax warns without a dimension, and shows that it has none', () => {
    const warnings: string[] = []
    const before = setWarningHandler((message) => warnings.push(message))
    const out = new nn.Softmax().forward(tensor([0, 0]))
    setWarningHandler(before)
    expect(out.tolist()).toEqual([0.5, 0.5])
    expect(warnings).toEqual(messages.get('nn.softmax_implicit_warn')?.warnings?.map((w) => w.message))
    expect(String(new nn.Softmax())).toBe('Softmax(dim=None)')
  })

  it('Softmax2d and GLU raise in the words of PyTorch', () => {
    expect(() => new nn.Softmax2d().forward(tensor([1]))).toThrow('Softmax2d: expected input to be 3D or 4D, got 1D instead')
    expect(() => new nn.GLU().forward(tensor([1, 2, 3]))).toThrow(messages.get('nn.glu_odd')?.message as string)
  })
})
