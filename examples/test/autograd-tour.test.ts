import { inspect } from 'node:util'
import { expect, it } from 'vitest'

const warning =
  "UserWarning: The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be populated during autograd.backward(). If you indeed want the .grad field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf Tensor. If you access the non-leaf Tensor by mistake, make sure you access the leaf Tensor instead. See github.com/pytorch/pytorch/pull/30531 for more informations."

// What PyTorch prints, line for line.
const expected = [
  'tensor(3., requires_grad=True)',
  'tensor(9., grad_fn=<PowBackward0>)',
  'tensor(6.)',
  'tensor(0.4121, grad_fn=<SinBackward0>)',
  'tensor(-5.4668)',
  'tensor(-0.2879, grad_fn=<SinBackward0>)',
  'tensor(-7.6613)',
  'tensor(-0.7568, grad_fn=<SinBackward0>)',
  'tensor(-2.6146)',
  '-5.466781571308061',
  '-7.661275842587077',
  'tensor(6.7012)',
  '6.691762447357178',
  '0.998770534992218',
  'tensor(6.7000, grad_fn=<AddBackward0>)',
  'tensor(0.9988, grad_fn=<SigmoidBackward0>)',
  'tensor(6.7012, grad_fn=<NegBackward0>)',
  'tensor(6.6918)',
  'tensor(0.9988)',
  'tensor(3.5000, grad_fn=<AddBackward0>)',
  'tensor(0.9707, grad_fn=<SigmoidBackward0>)',
  'tensor(3.5297, grad_fn=<NegBackward0>)',
  'tensor(3.3974)',
  'tensor(0.9707)',
  'tensor(4.6667, grad_fn=<MeanBackward0>)',
  'tensor([0.6667, 1.3333, 2.0000])',
  'tensor(12.6667, grad_fn=<MeanBackward0>)',
  'tensor([1.3333, 2.0000, 3.3333])',
  'tensor(1.)',
  'element 0 of tensors does not require grad and does not have a grad_fn',
  warning,
  'null',
  'tensor(-0.9577)',
  'tensor(4.)',
  'tensor(8.)',
  'tensor(0.)',
  '4.0',
  '0.0',
  'tensor(4., grad_fn=<PowBackward0>)',
  'tensor(4.)',
  'tensor(4.)',
  'tensor(4.)',
]

it('prints the tour to the letter', async () => {
  const lines: string[] = []
  const { log, warn } = console
  const show = (value: unknown): string => (typeof value === 'string' ? value : inspect(value))
  console.log = (...values) => lines.push(values.map(show).join(' '))
  console.warn = (...values) => lines.push(values.map(String).join(' '))
  try {
    await import('../autograd-tour.ts')
  } finally {
    Object.assign(console, { log, warn })
  }
  expect(lines).toEqual(expected)
})
