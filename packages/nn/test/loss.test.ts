import { ones, rand, setWarningHandler, type Tensor, tensor } from '@tapegrad/core'
import { gradcheck } from '@tapegrad/core/testing'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BCELoss, BCEWithLogitsLoss, functional, L1Loss, MSELoss } from '../src/index.ts'
import { messages } from './golden.ts'

let warnings: string[] = []
let before: Parameters<typeof setWarningHandler>[0]
beforeEach(() => {
  warnings = []
  before = setWarningHandler((message) => warnings.push(message))
})
afterEach(() => setWarningHandler(before))

const wanted = (id: string): string => messages.get(id)?.message as string
const warned = (id: string): string[] => messages.get(id)?.warnings?.map((w) => w.message) ?? []

describe('losses complain in the words of PyTorch', () => {
  it('of sizes', () => {
    expect(functional.mseLoss(ones([3, 1]), ones([3])).item()).toBe(0)
    expect(warnings).toEqual(warned('loss.mse_broadcast_warn'))
    warnings = []
    expect(new L1Loss().forward(ones([3, 1]), ones([3])).item()).toBe(0)
    expect(warnings).toEqual(warned('loss.l1_broadcast_warn'))
    expect(() => new BCELoss().forward(ones([3, 1]), ones([3]))).toThrow(wanted('loss.bce_size'))
    expect(() => new BCEWithLogitsLoss().forward(ones([3, 1]), ones([3]))).toThrow(
      'Target size (torch.Size([3])) must be the same as input size (torch.Size([3, 1]))',
    )
    expect(() => new MSELoss().forward(ones([3]), ones([2]))).toThrow('The size of tensor a (3) must match the size of tensor b (2)')
  })

  it('of values and dtypes', () => {
    expect(() => new BCELoss().forward(tensor([-0.5, 0.5]), tensor([1, 0]))).toThrow(wanted('loss.bce_range_neg'))
    expect(() => new BCELoss().forward(tensor([Number.NaN]), tensor([1]))).toThrow(wanted('loss.bce_nan'))
    expect(() => new BCELoss().forward(tensor([0.5]), tensor([1n]))).toThrow(wanted('loss.bce_target_dtype'))
    expect(() => new BCEWithLogitsLoss().forward(ones([3]), ones([3], { dtype: 'int64' }))).toThrow(wanted('loss.bce_logits_int_target'))
  })

  it('of reductions', () => {
    for (const Loss of [MSELoss, L1Loss, BCELoss, BCEWithLogitsLoss])
      expect(() => new Loss({ reduction: 'foo' as 'mean' }).forward(ones([2]), ones([2]))).toThrow(wanted('loss.mse_reduction'))
  })
})

describe('binary cross-entropy', () => {
  it('clamps its logarithms at -100', () => {
    expect(new BCELoss().forward(tensor([0, 1]), tensor([1, 0])).item()).toBe(100)
    const x = tensor([0, 1], { requiresGrad: true })
    new BCELoss({ reduction: 'sum' }).forward(x, tensor([1, 0])).backward()
    expect(x.grad?.isfinite().all().item()).toBe(true)
  })

  it('of logits is finite for logits of any size, and so is its gradient', () => {
    for (const posWeight of [null, tensor([3])]) {
      const x = tensor([1e4, -1e4, 1e4, -1e4], { requiresGrad: true })
      const loss = new BCEWithLogitsLoss({ reduction: 'none', ...(posWeight && { posWeight }) }).forward(x, tensor([1, 0, 0, 1]))
      expect(loss.tolist()).toEqual([0, 0, 1e4, posWeight === null ? 1e4 : 3e4])
      loss.sum().backward()
      expect(x.grad?.tolist()).toEqual([0, 0, 1, posWeight === null ? -1 : -3])
    }
  })

  it('of logits is that of probabilities, with weights', () => {
    const numbers = fc.array(fc.tuple(fc.double({ min: -8, max: 8, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(
        numbers,
        fc.constantFrom('mean' as const, 'sum' as const),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        (pairs, reduction, w) => {
          const dtype = 'float64'
          const x = tensor(
            pairs.map(([a]) => a),
            { dtype },
          )
          const y = tensor(
            pairs.map(([, b]) => b),
            { dtype },
          )
          const weight = tensor([w], { dtype })
          const logits = new BCEWithLogitsLoss({ reduction, weight }).forward(x, y).item() as number
          const probabilities = new BCELoss({ reduction, weight }).forward(x.sigmoid(), y).item() as number
          expect(Math.abs(logits - probabilities)).toBeLessThan(1e-9 * Math.max(1, Math.abs(logits)))
          // A positive weight counts the positive part that often.
          const weighted = new BCEWithLogitsLoss({ reduction, posWeight: weight }).forward(x, y).item() as number
          const parts = pairs.map(([a, b]) => w * b * Math.log1p(Math.exp(-a)) + (1 - b) * Math.log1p(Math.exp(a)))
          const sum = parts.reduce((s, part) => s + part, 0)
          expect(Math.abs(weighted - (reduction === 'mean' ? sum / pairs.length : sum))).toBeLessThan(1e-9 * Math.max(1, sum))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('keeps weights as buffers under the names of PyTorch', () => {
    const loss = new BCEWithLogitsLoss({ weight: ones([3]), posWeight: ones([3]) })
    expect([...loss.stateDict().keys()]).toEqual(['weight', 'pos_weight'])
    expect(loss.parameters()).toEqual([])
    expect(String(loss)).toBe('BCEWithLogitsLoss()')
  })

  it('has right gradients, towards the target too', () => {
    const double = (shape: number[]): Tensor => rand(shape, { dtype: 'float64' }).mul(0.8).add(0.1).detach().requiresGrad_()
    const [x, y] = [double([2, 3]), double([2, 3])]
    for (const reduction of ['mean', 'sum', 'none'] as const) {
      for (const loss of [functional.binaryCrossEntropy, functional.binaryCrossEntropyWithLogits, functional.mseLoss, functional.l1Loss])
        expect(gradcheck((a, b) => loss(a as Tensor, b as Tensor, { reduction }), [x, y])).toBe(true)
    }
  })
})
