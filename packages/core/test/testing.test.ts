/** `@tapegrad/core/testing`: gradcheck finds wrong gradients and only those; assertClose is as strict as PyTorch's. */
import { describe, expect, it } from 'vitest'
import { setWarningHandler, tensor } from '../src/index.ts'
import { AssertionError, assertClose, GradcheckError, gradcheck, gradgradcheck } from '../src/testing.ts'

const x = () =>
  tensor(
    [
      [0.5, -1.5],
      [2, 1],
    ],
    { dtype: 'float64', requiresGrad: true },
  )
/** x squared, whose second factor is held fixed: the gradient is x instead of 2x. */
const wrong = (t: ReturnType<typeof x>) => t.mul(t.detach())

describe('gradcheck', () => {
  it('passes right gradients, in full and by projection', () => {
    expect(gradcheck((a) => a.pow(3).sum(), x())).toBe(true)
    expect(gradcheck((a, b) => a.mm(b), [x(), x()], { fastMode: true })).toBe(true)
    expect(gradgradcheck((a, b) => a.mul(b).exp(), [x(), x()])).toBe(true)
  })

  it("fails wrong ones, in PyTorch's words", () => {
    expect(() => gradcheck(wrong, tensor([3, 3], { dtype: 'float64', requiresGrad: true }))).toThrow(GradcheckError)
    expect(() => gradcheck(wrong, tensor([3, 3], { dtype: 'float64', requiresGrad: true }))).toThrow(
      'Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor([[6.0000, 0.0000],\n        [0.0000, 6.0000]], dtype=torch.float64)\nanalytical:tensor([[3., 0.],\n        [0., 3.]], dtype=torch.float64)\n',
    )
    expect(() => gradcheck(wrong, x(), { fastMode: true })).toThrow(/^Jacobian mismatch/)
    expect(gradcheck(wrong, x(), { raiseException: false })).toBe(false)
  })

  it('fails a wrong second derivative', () => {
    expect(() => gradgradcheck((a) => a.mul(a.detach()).mul(a), x())).toThrow(GradcheckError)
  })

  it('checks what it is given', () => {
    expect(() => gradcheck((a) => a, tensor(1))).toThrow('gradcheck expects at least one input tensor to require gradient')
    expect(() => gradcheck((a) => a.sum(), x().detach().narrow(0, 0, 1).expand([2, 2]).requiresGrad_())).toThrow(
      'The 0th input has a dimension with stride 0.',
    )
    const seen: string[] = []
    const before = setWarningHandler((message) => seen.push(message))
    gradcheck((a) => a.mul(0), tensor([1], { requiresGrad: true }))
    setWarningHandler(before)
    expect(seen[0]).toMatch(/^Input #0 requires gradient and is not a double precision/)
  })

  it('leaves the inputs as they were', () => {
    const a = x()
    const before = a.tolist()
    gradcheck((t) => t.exp(), a)
    expect(a.tolist()).toEqual(before)
    expect(a.grad).toBe(null)
  })
})

describe('assertClose', () => {
  it('takes what lies within the tolerance of the dtype', () => {
    assertClose(tensor([1, 2]), tensor([1, 2.00001]))
    assertClose(tensor([1n, 2n]), tensor([1n, 2n]))
    assertClose([1, tensor(2)], [1, tensor(2)])
    assertClose(tensor([Number.NaN]), tensor([Number.NaN]), { equalNan: true })
    assertClose(tensor([1]), tensor([1], { dtype: 'float64' }), { checkDtype: false })
    assertClose(tensor([Infinity]), tensor([Infinity]))
  })

  it.each([
    [tensor([1, 2]), tensor([1, 2.0001]), /^Tensor-likes are not close!\n\nMismatched elements: 1 \/ 2 \(50\.0%\)/],
    [
      tensor([1n, 3n]),
      tensor([1n, 2n]),
      /^Tensor-likes are not equal!\n\nMismatched elements: 1 \/ 2 \(50\.0%\)\nGreatest absolute difference: 1 at index \(1,\)\nGreatest relative difference: 0\.5 at index \(1,\)$/,
    ],
    [
      tensor([[1, 2]]),
      tensor([1, 2]),
      /^The values for attribute 'shape' do not match: torch\.Size\(\[1, 2\]\) != torch\.Size\(\[2\]\)\.$/,
    ],
    [tensor([Number.NaN]), tensor([Number.NaN]), /Greatest absolute difference: nan at index \(0,\)/],
    [tensor([Infinity]), tensor([3e38]), /not close/],
    [1, 2, /^Scalars are not close!\n\nExpected 2\.0 but got 1\.0\./],
    [[1, 2], [1, 3], /The failure occurred for item \[1\]$/],
    [[1], [1, 3], /^The length of the sequences mismatch: 1 != 2$/],
  ])('%s is not close to %s', (actual, expected, message) => {
    expect(() => assertClose(actual, expected)).toThrow(AssertionError)
    expect(() => assertClose(actual, expected)).toThrow(message)
  })

  it('wants both tolerances or none', () => {
    expect(() => assertClose(tensor(1), tensor(1), { rtol: 1 })).toThrow(
      "Both 'rtol' and 'atol' must be either specified or omitted, but got no atol.",
    )
  })
})
