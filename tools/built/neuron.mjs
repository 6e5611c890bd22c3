/** The README's logistic neuron on the built packages: what Node and browsers must both learn to the same loss. */
import { manualSeed, nn, optim, tensor } from '../../packages/tapegrad/dist/index.js'

/** What the same program prints in PyTorch, after every 20 epochs. */
export const pytorch = ['0.0772', '0.0662', '0.0625', '0.0605', '0.0590']

/** Trains on a table whose last column is the diagnosis; returns the loss of every epoch. */
export function train(csv) {
  const [, ...lines] = csv.trim().split(/\r?\n/)
  const rows = lines.map((line) => line.split(','))
  const features = tensor(rows.map((row) => row.slice(0, -1).map(Number)))
  const y = tensor(rows.map((row) => [row.at(-1) === 'malignant' ? 1 : 0]))
  const x = features.sub(features.mean(0)).div(features.std(0))

  manualSeed(42)
  const model = new nn.Linear(x.size(1), 1)
  const criterion = new nn.BCEWithLogitsLoss()
  const optimizer = new optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })
  return Array.from({ length: 100 }, () => {
    const loss = criterion.forward(model.forward(x), y)
    optimizer.zeroGrad()
    loss.backward()
    optimizer.step()
    return loss.item()
  })
}
