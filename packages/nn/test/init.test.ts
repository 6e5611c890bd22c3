import { createHash } from 'node:crypto'
import { empty, Generator, manualSeed, ones, rand, setWarningHandler, type Tensor, tensor, zeros } from '@tapegrad/core'
import { describe, expect, it } from 'vitest'
import { init, Linear, ReLU, Sequential } from '../src/index.ts'
import { messages, readJson } from './golden.ts'

interface Stream {
  dtype: string
  shape: number[]
  sha256_le: string
}

const streams: Record<string, () => (Tensor | null)[]> = {
  linear_4_3: () => new Linear(4, 3).parameters(),
  linear_4_3_nobias: () => new Linear(4, 3, { bias: false }).parameters(),
  linear_784_128: () => new Linear(784, 128).parameters(),
  linear_f64_4_3: () => new Linear(4, 3, { dtype: 'float64' }).parameters(),
  mlp_4_8_3_then_rand1: () => [...new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 3)).parameters(), rand([1])],
  xavier_uniform_3x4: () => [init.xavierUniform_(empty([3, 4]))],
  xavier_normal_5x4: () => [init.xavierNormal_(empty([5, 4]))],
  kaiming_normal_5x4: () => [init.kaimingNormal_(empty([5, 4]))],
  kaiming_uniform_3x4: () => [init.kaimingUniform_(empty([3, 4]))],
}

const sha256 = (x: Tensor): string => {
  const { buffer, byteOffset, byteLength } = x.toArray()
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex')
}

describe.each(Object.entries(readJson<Record<string, Record<string, Stream[]>>>('init.json')))(
  'from seed %s, to the bit',
  (seed, wanted) => {
    it.each(Object.keys(streams))('%s', (name) => {
      manualSeed(Number(seed))
      const made = (streams[name] as () => Tensor[])()
      expect(made.map((x) => [`torch.${x.dtype}`.replace('torch.', ''), x.shape, sha256(x)])).toEqual(
        wanted[name]?.map((s) => [s.dtype.replace('torch.', ''), s.shape, s.sha256_le]),
      )
    })
  },
)

describe('initialisers', () => {
  it('fill in place, without recording, and return their tensor', () => {
    const w = zeros([2, 3], { requiresGrad: true })
    for (const fill of [
      init.uniform_,
      init.normal_,
      init.xavierUniform_,
      init.xavierNormal_,
      init.kaimingUniform_,
      init.kaimingNormal_,
      init.ones_,
      init.zeros_,
    ])
      expect(fill(w)).toBe(w)
    expect(w.isLeaf && w.requiresGrad).toBe(true)
    expect(init.constant_(w, 3).tolist()).toEqual([
      [3, 3, 3],
      [3, 3, 3],
    ])
  })

  it('take a generator', () => {
    const draw = (): unknown => init.kaimingUniform_(empty([2, 2]), { generator: new Generator().manualSeed(7) }).tolist()
    expect(draw()).toEqual(draw())
  })

  it('know gains and fans', () => {
    expect(init.calculateGain('tanh')).toBe(5 / 3)
    expect(init.calculateGain('relu')).toBe(Math.SQRT2)
    expect(init.calculateGain('leaky_relu')).toBe(Math.sqrt(2 / (1 + 0.01 ** 2)))
    expect(init.calculateGain('leaky_relu', 0.2)).toBe(Math.sqrt(2 / 1.04))
    expect([init.calculateGain('selu'), init.calculateGain('sigmoid'), init.calculateGain('conv2d')]).toEqual([0.75, 1, 1])
    expect(init.calculateFanInAndFanOut(zeros([5, 3]))).toEqual([3, 5])
    expect(init.calculateFanInAndFanOut(zeros([8, 4, 3, 2]))).toEqual([24, 48])
    const std = (x: Tensor): number => x.pow(2).mean().sqrt().item() as number
    manualSeed(0)
    const fanOut = init.kaimingNormal_(empty([400, 100]), { mode: 'fan_out', nonlinearity: 'relu' })
    expect(std(fanOut) / Math.sqrt(2 / 400)).toBeCloseTo(1, 1)
  })

  it('raise and warn in the words of PyTorch', () => {
    const wanted = (id: string): string => messages.get(id)?.message as string
    expect(() => init.xavierUniform_(ones([3]))).toThrow(wanted('nn.init_fan_1d'))
    expect(() => init.calculateGain('foo' as 'relu')).toThrow(wanted('nn.init_gain'))
    expect(() => init.calculateGain('leaky_relu', 'x' as unknown as number)).toThrow('negative_slope x not a valid number')
    expect(() => init.kaimingUniform_(ones([2, 2]), { mode: 'foo' as 'fan_in' })).toThrow(
      "Mode foo not supported, please use one of ['fan_in', 'fan_out']",
    )
    const seen: string[] = []
    const before = setWarningHandler((message) => seen.push(message))
    try {
      expect(String(init.kaimingUniform_(tensor([], { shape: [0, 3] })))).toBe(messages.get('nn.init_zero_elem_warn')?.result)
      expect(seen).toEqual(messages.get('nn.init_zero_elem_warn')?.warnings?.map((w) => w.message))
    } finally {
      setWarningHandler(before)
    }
  })
})
