/** A logistic neuron trained on a real table: the loop that the README shows beside its PyTorch twin. */
import { readFileSync } from 'node:fs'
import { manualSeed, tensor } from '@tapegrad/core'
import { BCEWithLogitsLoss, Linear } from '@tapegrad/nn'
import { SGD } from '@tapegrad/optim'

const [, ...lines] = readFileSync(new URL('./data/breast-cancer.csv', import.meta.url), 'utf8')
  .trim()
  .split(/\r?\n/)
const rows = lines.map((line) => line.split(','))
const features = tensor(rows.map((row) => row.slice(0, -1).map(Number)))
const y = tensor(rows.map((row) => [row.at(-1) === 'malignant' ? 1 : 0]))
const x = features.sub(features.mean(0)).div(features.std(0))

manualSeed(42)
const model = new Linear(x.size(1), 1)
const criterion = new BCEWithLogitsLoss()
const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })

for (let epoch = 1; epoch <= 100; epoch++) {
  const loss = criterion.forward(model.forward(x), y)
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  if (epoch % 20 === 0) console.log(`epoch ${epoch}  loss ${loss.item().toFixed(4)}`)
}
const right = model.forward(x).gt(0).eq(y).sum().item()
console.log(`${right} of ${rows.length} right`)
