/**
 * Training steps as they stand and compiled: microseconds with `loss.item()`, best of many short rounds, taken in turns.
 *
 *     npx esbuild bench/compiled-step.ts --bundle --format=esm --platform=node --conditions=@tapegrad/source --outfile=bench/dist/step.mjs && node bench/dist/step.mjs
 */
import { compile, manualSeed, rand, randint, type Tensor } from '@tapegrad/core'
import { BCELoss, CrossEntropyLoss, Linear, type Module, ReLU, Sequential, Sigmoid } from '@tapegrad/nn'
import { SGD } from '@tapegrad/optim'

type Layer = Module & { forward(x: Tensor): Tensor }
type Step = (x: Tensor, y: Tensor) => Tensor

function stepOf(make: () => Layer, criterion: { forward(x: Tensor, y: Tensor): Tensor }): Step {
  manualSeed(1)
  const model = make()
  const optimizer = new SGD(model.parameters(), { lr: 0.05 })
  return (x, y) => {
    optimizer.zeroGrad()
    const loss = criterion.forward(model.forward(x), y)
    loss.backward()
    optimizer.step()
    return loss
  }
}

function time(step: Step, x: Tensor, y: Tensor, calls: number): number {
  const start = performance.now()
  for (let i = 0; i < calls; i++) step(x, y).item()
  return ((performance.now() - start) / calls) * 1000
}

function measure(name: string, make: () => Step, x: Tensor, y: Tensor, calls: number, rounds: number): void {
  const steps = [make(), compile(make())]
  const best = steps.map(() => Number.POSITIVE_INFINITY)
  for (let r = 0; r < rounds; r++)
    steps.forEach((step, i) => {
      best[i] = Math.min(best[i] as number, time(step, x, y, calls))
    })
  const [eager, compiled] = best as [number, number]
  console.log(`${name}: eager ${eager.toFixed(2)} us, compiled ${compiled.toFixed(2)} us`)
}

const logistic = (): Layer => new Sequential(new Linear(30, 1), new Sigmoid())
const small = (): Layer =>
  new Sequential(new Linear(30, 16), new Sigmoid(), new Linear(16, 16), new Sigmoid(), new Linear(16, 1), new Sigmoid())
const mlp = (): Layer => new Sequential(new Linear(784, 128), new ReLU(), new Linear(128, 10))

manualSeed(0)
const [x, y] = [rand([32, 30]), rand([32, 1]).round()]
measure('logistic neuron, 32x30', () => stepOf(logistic, new BCELoss()), x, y, 1000, 150)
measure('three layers of 16, 32x30', () => stepOf(small, new BCELoss()), x, y, 500, 100)
measure('MLP 784-128-10, batch 64', () => stepOf(mlp, new CrossEntropyLoss()), rand([64, 784]), randint(0, 10, [64]), 20, 100)
