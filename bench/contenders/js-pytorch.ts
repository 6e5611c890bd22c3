/** js-pytorch: nested arrays; BCE and SGD are composed by hand, because it has neither. */
import { logisticData, mlpData, mlpWeights, positive, sampled, transposed, uniform } from '../data.ts'
import { type Contender, Missing, type Prepared } from '../task.ts'
import { training } from './training.ts'

type Nested = number | Nested[]

interface Tensor {
  readonly data: Nested[]
  readonly _grad: { readonly data: Nested[] }
  requires_grad: boolean
  backward(): void
  zero_grad(): void
  add(y: Tensor): Tensor
  sum(dim?: number): Tensor
  exp(): Tensor
  log(): Tensor
  matmul(y: Tensor): Tensor
  masked_fill(mask: Tensor, condition: (v: number) => boolean, value: number): Tensor
}

/** The part of the library that is used here, so that types are checked where it is not installed. */
interface Torch {
  tensor(data: Nested[], requiresGrad?: boolean): Tensor
  add(x: Tensor, y: Tensor | number): Tensor
  mul(x: Tensor, y: Tensor | number): Tensor
  div(x: Tensor | number, y: Tensor): Tensor
  neg(x: Tensor): Tensor
  exp(x: Tensor): Tensor
  log(x: Tensor): Tensor
  mean(x: Tensor): Tensor
  matmul(x: Tensor, y: Tensor): Tensor
  reshape(x: Tensor, shape: number[]): Tensor
  readonly nn: Record<'CrossEntropyLoss' | 'Softmax', new () => { forward(z: Tensor, y: Tensor | number): Tensor }>
}

/** Beyond this its nested arrays take seconds and gigabytes. */
const limit = 1e6

function nested(values: ArrayLike<number>, rows: number, from = 0): number[][] {
  const columns = values.length / rows
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => values[from + i * columns + j]!))
}

function descend(weights: readonly Tensor[], lr: number): void {
  const update = (w: Nested[], g: Nested[]): void => {
    for (let i = 0; i < w.length; i++) {
      const v = w[i]!
      if (typeof v === 'number') w[i] = v - lr * (g[i] as number)
      else update(v, g[i] as Nested[])
    }
  }
  for (const w of weights) {
    update(w.data, w._grad.data)
    w.zero_grad()
  }
}

const flat = (t: Tensor): number[] => (t.data as unknown[]).flat(Number.POSITIVE_INFINITY) as number[]
const kernel = (run: () => Tensor, scale = 1): Prepared => ({ step: run, outcome: () => sampled(flat(run()), scale) })
const small = (n: number): void => {
  if (n > limit) throw new Missing('nested arrays of more than 1e6 numbers')
}

export default async function contender(): Promise<Contender> {
  const name: string = 'js-pytorch'
  const { torch }: { torch: Torch } = await import(name)
  const batches = (x: Float32Array, columns: number, batch: number, count: number): Tensor[] =>
    Array.from({ length: count }, (_, i) => torch.tensor(nested(x.subarray(i * batch * columns, (i + 1) * batch * columns), batch)))
  /** As many batches as it can get through; the data set's first ones. */
  const most = 64
  return {
    tasks: {
      gemm({ m, k, n, threads }) {
        if (threads !== undefined) throw new Missing('no threads')
        const a = torch.tensor(nested(uniform(11, m * k), m))
        const b = torch.tensor(nested(uniform(12, k * n), k))
        return kernel(() => torch.matmul(a, b), Math.sqrt(k))
      },
      elementwise({ op, n }) {
        small(n)
        if (op === 'sigmoid') throw new Missing('has none')
        const x = torch.tensor([...(op === 'log' ? positive(13, n) : uniform(13, n, 4))])
        const y = torch.tensor([...uniform(14, n, 4)])
        const runs = { add: () => torch.add(x, y), exp: () => torch.exp(x), log: () => torch.log(x) }
        return kernel(runs[op])
      },
      reduction({ op, rows, columns }) {
        small(rows * columns)
        const values = uniform(15, rows * columns, 4)
        // Its sum without a dimension is the last dimension's.
        const x = torch.tensor(op === 'sum' ? [...values] : nested(values, rows))
        const softmax = new torch.nn.Softmax()
        const runs = {
          sum: () => x.sum(),
          'row-sum': () => x.sum(1),
          'column-sum': () => x.sum(0),
          softmax: () => softmax.forward(x, 1),
        }
        return kernel(runs[op], { sum: rows * columns, 'row-sum': columns, 'column-sum': rows, softmax: 1 }[op])
      },
      'recorded-add'({ size, length, backward }) {
        const x = torch.tensor([...uniform(16, size)], true)
        const y = torch.tensor([...uniform(17, size)])
        const step = (): Tensor => {
          let z = x
          for (let i = 0; i < length; i++) z = torch.add(z, y)
          if (backward) z.sum().backward()
          x.zero_grad()
          return z
        }
        return { step, outcome: () => sampled(flat(step()), length) }
      },
      logistic(task) {
        const { rows, features, batch, lr, checked } = task
        const { x, y } = logisticData(task)
        const count = Math.min(most, Math.floor(rows / batch))
        const xs = batches(x, features, batch, count)
        const ys = batches(y, 1, batch, count)
        const w = torch.tensor(nested(new Float32Array(features), features), true)
        const b = torch.tensor([0], true)
        const oneMinus = (t: Tensor): Tensor => torch.add(torch.neg(t), 1)
        return training(count, checked, (i) => {
          const y = ys[i]!
          const p = torch.div(1, torch.add(torch.exp(torch.neg(torch.add(torch.matmul(xs[i]!, w), b))), 1))
          const terms = torch.add(torch.mul(y, torch.log(p)), torch.mul(oneMinus(y), torch.log(oneMinus(p))))
          const loss = torch.neg(torch.mean(torch.reshape(terms, [batch])))
          loss.backward()
          descend([w, b], lr)
          return flat(loss)[0]!
        })
      },
      mlp(task) {
        if (task.threads !== undefined) throw new Missing('no threads')
        const { rows, features, hidden, classes, batch, lr, checked } = task
        const { x, labels } = mlpData(task)
        const count = Math.min(most, Math.floor(rows / batch))
        const xs = batches(x, features, batch, count)
        const { w1, w2 } = mlpWeights(task)
        const weights = [
          torch.tensor(nested(transposed(w1, hidden), features), true),
          torch.tensor(Array<number>(hidden).fill(0), true),
          torch.tensor(nested(transposed(w2, classes), hidden), true),
          torch.tensor(Array<number>(classes).fill(0), true),
        ] as const
        const criterion = new torch.nn.CrossEntropyLoss()
        return training(count, checked, (i) => {
          const z = torch.add(torch.matmul(xs[i]!, weights[0]), weights[1])
          // Its own ReLU multiplies what is negative by 0.001.
          const h = z.masked_fill(z, (v) => v <= 0, 0)
          const y = torch.tensor([...labels.subarray(i * batch, (i + 1) * batch)])
          const loss = criterion.forward(torch.add(torch.matmul(h, weights[2]), weights[3]), y)
          loss.backward()
          descend(weights, lr)
          return flat(loss)[0]!
        })
      },
    },
  }
}
