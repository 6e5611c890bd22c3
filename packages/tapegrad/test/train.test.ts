import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { data, manualSeed, nn, optim, type Tensor, tensor } from '../src/index.ts'

interface Case {
  losses?: number[]
  losses_per_batch?: number[]
  final_params: number[][]
}

const { cases } = JSON.parse(readFileSync(new URL('golden/train.json', import.meta.url), 'utf8')) as {
  cases: Record<'mlp_ce_fullbatch_adam' | 'mlp_ce_dataloader_shuffle_adam', Case>
}

const X = tensor(Array.from({ length: 60 }, (_, i) => Array.from({ length: 4 }, (_, j) => Math.sin(i * 0.7 + j))))
const y = tensor(
  Array.from({ length: 60 }, (_, i) => [(i * 7) % 3]),
  { dtype: 'int64' },
)

/** Cross-entropy from its parts. */
function crossEntropy(logits: Tensor, target: Tensor): Tensor {
  const shifted = logits.sub(logits.amax(1, { keepdim: true }).detach())
  const logp = shifted.sub(shifted.exp().sum(1, { keepdim: true }).log())
  return logp.gather(1, target).mean().neg()
}

const mlp = (activation: nn.Layer): nn.Sequential => new nn.Sequential(new nn.Linear(4, 16), activation, new nn.Linear(16, 3))

const relative = (found: number, wanted: number): number => Math.abs(found - wanted) / Math.max(1, Math.abs(wanted))

describe('training from seed 42 follows PyTorch', () => {
  it('over whole batches, with ReLU and Adam', () => {
    const { losses = [] } = cases.mlp_ce_fullbatch_adam
    manualSeed(42)
    const model = mlp(new nn.ReLU())
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 })
    losses.forEach((wanted, step) => {
      optimizer.zeroGrad()
      const loss = crossEntropy(model.forward(X), y)
      // A ReLU may cross its kink a step earlier or later, which rounding then tells.
      expect(relative(loss.item() as number, wanted)).toBeLessThanOrEqual(step < 50 ? 1e-6 : 1e-3)
      loss.backward()
      optimizer.step()
    })
    expect(losses.length).toBe(100)
  })

  it('over shuffled batches, with tanh and Adam', () => {
    const { losses_per_batch = [], final_params } = cases.mlp_ce_dataloader_shuffle_adam
    manualSeed(42)
    const model = mlp(new nn.Tanh())
    const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 })
    const loader = new data.DataLoader(new data.TensorDataset(X, y), { batchSize: 16, shuffle: true })
    const losses: number[] = []
    for (let epoch = 0; epoch < 10; epoch++) {
      for (const [inputs, targets] of loader) {
        optimizer.zeroGrad()
        const loss = crossEntropy(model.forward(inputs as Tensor), targets as Tensor)
        loss.backward()
        optimizer.step()
        losses.push(loss.item() as number)
      }
    }
    expect(losses.length).toBe(losses_per_batch.length)
    losses.forEach((loss, i) => {
      expect(relative(loss, losses_per_batch[i] as number)).toBeLessThanOrEqual(1e-6)
    })
    model.parameters().forEach((p, i) => {
      const found = [...(p.toArray() as Float32Array)]
      expect(Math.max(...found.map((v, k) => relative(v, final_params[i]?.[k] as number)))).toBeLessThanOrEqual(2e-6)
    })
  })
})
