/** Ours, from the built bundles, as users get it: `tensor`, `nn`, `optim`, nothing internal. */
import * as core from '@tapegrad/core'
import { noGrad, type Tensor, tensor } from '@tapegrad/core'
import { BCEWithLogitsLoss, CrossEntropyLoss, Linear, Module } from '@tapegrad/nn'
import { SGD } from '@tapegrad/optim'
import { convData, logisticData, mlpData, mlpWeights, positive, sampled, sampledConv, uniform } from '../data.ts'
import { type Contender, type ConvTask, Missing, type Prepared } from '../task.ts'
import { training } from './training.ts'

type Conv2d = (x: Tensor, w: Tensor, b: Tensor, options: { stride: number; padding: number }) => Tensor

/** What a build may still lack. */
const { conv2d, setNumThreads } = core as unknown as {
  conv2d?: Conv2d
  setNumThreads?: (n: number) => void | Promise<void>
}

async function useThreads(n: number | undefined): Promise<void> {
  if (setNumThreads !== undefined) await setNumThreads(n ?? 1)
  else if (n !== undefined) throw new Missing('setNumThreads is not in this build')
}

const kernel = (run: () => Tensor, scale = 1): Prepared => ({ step: run, outcome: () => sampled(run().toArray() as Float32Array, scale) })

function fill(parameter: Tensor, values: Float32Array): void {
  noGrad(() => void parameter.copy_(tensor(values, { shape: [...parameter.shape] })))
}

class Mlp extends Module {
  readonly hidden: Linear
  readonly out: Linear

  constructor(features: number, hidden: number, classes: number) {
    super()
    this.hidden = new Linear(features, hidden)
    this.out = new Linear(hidden, classes)
  }

  forward(x: Tensor): Tensor {
    return this.out.forward(this.hidden.forward(x).relu())
  }
}

function conv(task: ConvTask): Prepared {
  if (conv2d === undefined) throw new Missing('conv2d is not in this build')
  const { batch, inChannels, outChannels, size } = task
  const data = convData(task)
  const leaf = (values: Float32Array, shape: number[]): Tensor => tensor(values, { shape, requiresGrad: true })
  const x = leaf(data.x, [batch, inChannels, size, size])
  const w = leaf(data.w, [outChannels, inChannels, 3, 3])
  const b = leaf(data.b, [outChannels])
  const gradient = tensor(data.grad, { shape: [batch, outChannels, size, size] })
  const step = (): Tensor => {
    x.grad = w.grad = b.grad = null
    const out = conv2d(x, w, b, { stride: 1, padding: 1 })
    out.backward({ gradient })
    return out
  }
  const values = (t: Tensor): Float32Array => t.detach().toArray() as Float32Array
  return {
    step,
    outcome: () => {
      const out = step()
      return sampledConv(task, values(out), values(x.grad!), values(w.grad!), values(b.grad!))
    },
  }
}

export default async function contender(): Promise<Contender> {
  await useThreads(undefined)
  return {
    tasks: {
      async gemm({ m, k, n, threads }) {
        await useThreads(threads)
        const a = tensor(uniform(11, m * k), { shape: [m, k] })
        const b = tensor(uniform(12, k * n), { shape: [k, n] })
        return kernel(() => a.matmul(b), Math.sqrt(k))
      },
      elementwise({ op, n }) {
        const x = tensor(op === 'log' ? positive(13, n) : uniform(13, n, 4))
        const y = tensor(uniform(14, n, 4))
        const runs = { add: () => x.add(y), exp: () => x.exp(), sigmoid: () => x.sigmoid(), log: () => x.log() }
        return kernel(runs[op])
      },
      reduction({ op, rows, columns }) {
        const x = tensor(uniform(15, rows * columns, 4), { shape: [rows, columns] })
        const runs = { sum: () => x.sum(), 'row-sum': () => x.sum(1), 'column-sum': () => x.sum(0), softmax: () => x.softmax(1) }
        return kernel(runs[op], { sum: rows * columns, 'row-sum': columns, 'column-sum': rows, softmax: 1 }[op])
      },
      'recorded-add'({ size, length, backward }) {
        const x = tensor(uniform(16, size), { requiresGrad: true })
        const y = tensor(uniform(17, size))
        const step = (): Tensor => {
          let z: Tensor = x
          for (let i = 0; i < length; i++) z = z.add(y)
          if (backward) {
            x.grad = null
            z.sum().backward()
          }
          return z
        }
        return { step, outcome: () => sampled(step().detach().toArray() as Float32Array, length) }
      },
      logistic(task) {
        const { rows, features, batch, lr } = task
        const data = logisticData(task)
        const x = tensor(data.x, { shape: [rows, features] })
        const y = tensor(data.y, { shape: [rows, 1] })
        const model = new Linear(features, 1)
        model.parameters().forEach((p) => fill(p, new Float32Array(p.numel())))
        const criterion = new BCEWithLogitsLoss()
        const optimizer = new SGD(model.parameters(), { lr })
        const one = rows === batch
        return training(Math.ceil(rows / batch), task.checked, (i) => {
          const n = Math.min(batch, rows - i * batch)
          const [xb, yb] = one ? [x, y] : [x.narrow(0, i * batch, n), y.narrow(0, i * batch, n)]
          const loss = criterion.forward(model.forward(xb), yb)
          optimizer.zeroGrad()
          loss.backward()
          optimizer.step()
          return loss.item()
        })
      },
      async mlp(task) {
        await useThreads(task.threads)
        const { rows, features, hidden, classes, batch, lr } = task
        const data = mlpData(task)
        const x = tensor(data.x, { shape: [rows, features] })
        const y = tensor(data.labels, { dtype: core.int64 })
        const model = new Mlp(features, hidden, classes)
        const { w1, w2 } = mlpWeights(task)
        fill(model.hidden.weight, w1)
        fill(model.out.weight, w2)
        fill(model.hidden.bias!, new Float32Array(hidden))
        fill(model.out.bias!, new Float32Array(classes))
        const criterion = new CrossEntropyLoss()
        const optimizer = new SGD(model.parameters(), { lr })
        return training(Math.floor(rows / batch), task.checked, (i) => {
          const loss = criterion.forward(model.forward(x.narrow(0, i * batch, batch)), y.narrow(0, i * batch, batch))
          optimizer.zeroGrad()
          loss.backward()
          optimizer.step()
          return loss.item()
        })
      },
      conv,
    },
  }
}
