/**
 * A walk through automatic differentiation: every line printed is what PyTorch prints for the same expression.
 * Run it with `pnpm example examples/autograd-tour.ts`.
 */
import { noGrad, type Tensor, tensor } from '@tapegrad/core'

const print = (...values: unknown[]): void => console.log(...values)

// y = x^2
{
  const x = tensor(3, { requiresGrad: true })
  print(x)
  const y = x.pow(2)
  print(y)
  y.backward()
  print(x.grad)
}

// z = sin(x^2), and its derivative written by hand
const derivative = (x: number): number => 2 * x * Math.cos(x ** 2)
for (const value of [3, 4, 2]) {
  const x = tensor(value, { requiresGrad: true })
  const z = x.pow(2).sin()
  print(z)
  z.backward()
  print(x.grad)
}
print(derivative(3))
print(derivative(4))

// A neuron: z = w x + b, a sigmoid, and the cross-entropy, first with the chain rule by hand
const binaryCrossEntropy = (prediction: Tensor, target: Tensor): Tensor => {
  const p = prediction.clamp({ min: 1e-8, max: 1 - 1e-8 })
  const one = tensor(1)
  return target
    .mul(p.log())
    .add(one.sub(target).mul(one.sub(p).log()))
    .neg()
}
{
  const x = tensor(6.7)
  const y = tensor(0)
  const w = tensor(1)
  const b = tensor(0)
  const prediction = w.mul(x).add(b).sigmoid()
  const loss = binaryCrossEntropy(prediction, y)
  print(loss)
  const one = tensor(1)
  const dLossByPrediction = prediction.sub(y).div(prediction.mul(one.sub(prediction)))
  const dPredictionByZ = prediction.mul(one.sub(prediction))
  const dLossByW = dLossByPrediction.mul(dPredictionByZ).mul(x)
  const dLossByB = dLossByPrediction.mul(dPredictionByZ)
  print(`${dLossByW}`)
  print(`${dLossByB}`)
}

// The same by backward()
for (const value of [6.7, 3.5]) {
  const x = tensor(value)
  const y = tensor(0)
  const w = tensor(1, { requiresGrad: true })
  const b = tensor(0, { requiresGrad: true })
  const z = w.mul(x).add(b)
  print(z)
  const prediction = z.sigmoid()
  print(prediction)
  const loss = binaryCrossEntropy(prediction, y)
  print(loss)
  loss.backward()
  print(w.grad)
  print(b.grad)
}

// Vectors
for (const values of [
  [1, 2, 3],
  [2, 3, 5],
]) {
  const x = tensor(values, { requiresGrad: true })
  const y = x.pow(2).mean()
  print(y)
  y.backward()
  print(x.grad)
}

// A leaf alone, and a tensor that asks for no gradient
{
  const a = tensor(3, { requiresGrad: true })
  a.backward()
  print(a.grad)
  try {
    tensor(3).backward()
  } catch (error) {
    print((error as Error).message)
  }
}

// Only leaves keep their gradients, unless asked
{
  const x = tensor(4, { requiresGrad: true })
  const y = x.pow(2)
  const z = y.sin()
  z.backward()
  print(y.grad)
}
{
  const x = tensor(4, { requiresGrad: true })
  const y = x.pow(2)
  y.retainGrad()
  y.sin().backward()
  print(y.grad)
}

// Gradients add up until they are cleared
{
  const x = tensor(2, { requiresGrad: true })
  x.pow(2).backward()
  print(x.grad)
  x.pow(2).backward()
  print(x.grad)
  const grad = x.grad as Tensor
  print(grad.zero_())
  x.pow(2).backward()
  print(`${x.grad}`)
  print(`${grad.zero_()}`)
}

// Three ways to compute without tracking
{
  const x = tensor(2, { requiresGrad: true })
  print(x.pow(2))
  x.requiresGrad_(false)
  print(x.pow(2))
  x.requiresGrad_()
  print(x.detach().pow(2))
  print(noGrad(() => x.pow(2)))
}
