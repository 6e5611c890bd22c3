/** The smallest problem that one neuron cannot solve: two layers learn exclusive or. */
import { manualSeed, tensor } from '@tapegrad/core'
import { BCELoss, Linear, Sequential, Sigmoid, Tanh } from '@tapegrad/nn'
import { Adam } from '@tapegrad/optim'

manualSeed(0)
const x = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
])
const y = tensor([[0], [1], [1], [0]])
const model = new Sequential(new Linear(2, 4), new Tanh(), new Linear(4, 1), new Sigmoid())
const criterion = new BCELoss()
const optimizer = new Adam(model.parameters(), { lr: 0.05 })

console.log(model)
for (let step = 1; step <= 300; step++) {
  const loss = criterion.forward(model.forward(x), y)
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  if (step % 100 === 0) console.log(`step ${step}  loss ${loss.item().toFixed(4)}`)
}
console.log(model.forward(x).detach())
