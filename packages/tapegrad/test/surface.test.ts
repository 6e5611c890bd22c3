import * as core from '@tapegrad/core'
import { expect, it } from 'vitest'
import * as tapegrad from '../src/index.ts'
import { nn, optim, tensor } from '../src/index.ts'

it('has all of core flat, and the rest as namespaces', () => {
  expect(Object.keys(tapegrad).sort()).toEqual([...Object.keys(core), 'data', 'nn', 'optim'].sort())
})

it('trains a neuron', () => {
  tapegrad.manualSeed(0)
  const x = tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ])
  const y = tensor([[0], [1], [1], [1]])
  const model = new nn.Sequential(new nn.Linear(2, 1), new nn.Sigmoid())
  const loss = new nn.BCELoss()
  const optimizer = new optim.SGD(model.parameters(), { lr: 1, momentum: 0.9 })
  for (let step = 0; step < 200; step++) {
    optimizer.zeroGrad()
    loss.forward(model.forward(x), y).backward()
    optimizer.step()
  }
  expect(model.forward(x).round().tolist()).toEqual(y.tolist())
})
