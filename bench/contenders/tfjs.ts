/** TensorFlow.js on its plain and its WebAssembly backend, one thread; tensors are disposed as its manual says. */
import { createRequire } from 'node:module'
import { convData, logisticData, mlpData, mlpWeights, permuted, positive, sampled, sampledConv, transposed, uniform } from '../data.ts'
import { type Contender, type ConvTask, Missing, type Prepared } from '../task.ts'
import { training } from './training.ts'

interface Tensor {
  dataSync(): ArrayLike<number>
  dispose(): void
  toFloat(): Tensor
}

/** The part of the library that is used here, so that types are checked where it is not installed. */
interface Tfjs {
  readonly train: { sgd(lr: number): { minimize(f: () => Tensor, returnCost: true, variables: Tensor[]): Tensor } }
  readonly losses: Record<'sigmoidCrossEntropy' | 'softmaxCrossEntropy', (labels: Tensor, logits: Tensor) => Tensor>
  setBackend(name: string): Promise<boolean>
  ready(): Promise<void>
  tidy<T>(f: () => T): T
  tensor(values: Float32Array | Int32Array, shape: number[], dtype?: string): Tensor
  variable(t: Tensor): Tensor
  zeros(shape: number[]): Tensor
  oneHot(labels: Tensor, depth: number): Tensor
  grad(f: (x: Tensor) => Tensor): (x: Tensor) => Tensor
  grads(f: (...xs: Tensor[]) => Tensor): (xs: Tensor[], dy: Tensor) => Tensor[]
  conv2d(x: Tensor, w: Tensor, strides: number, padding: 'same'): Tensor
  add(x: Tensor, y: Tensor): Tensor
  matMul(x: Tensor, y: Tensor): Tensor
  exp(x: Tensor): Tensor
  sigmoid(x: Tensor): Tensor
  log(x: Tensor): Tensor
  relu(x: Tensor): Tensor
  softmax(x: Tensor): Tensor
  sum(x: Tensor, axis?: number): Tensor
}

function kernel(run: () => Tensor, scale = 1): Prepared {
  return {
    step: () => run().dispose(),
    outcome: () => {
      const out = run()
      const values = sampled(out.dataSync(), scale)
      out.dispose()
      return values
    },
  }
}

/** NHWC, the library's own layout; the outcome is compared in ours. */
function conv(tf: Tfjs, task: ConvTask): Prepared {
  const { batch, inChannels, outChannels, size } = task
  const data = convData(task)
  const last = [0, 2, 3, 1]
  const x = tf.tensor(permuted(data.x, [batch, inChannels, size, size], last), [batch, size, size, inChannels])
  const w = tf.tensor(permuted(data.w, [outChannels, inChannels, 3, 3], [2, 3, 1, 0]), [3, 3, inChannels, outChannels])
  const b = tf.tensor(data.b, [outChannels])
  const dy = tf.tensor(permuted(data.grad, [batch, outChannels, size, size], last), [batch, size, size, outChannels])
  const forward = (...xs: Tensor[]): Tensor => tf.add(tf.conv2d(xs[0]!, xs[1]!, 1, 'same'), xs[2]!)
  const backward = tf.grads(forward)
  const step = (): void => tf.tidy(() => void backward([x, w, b], dy))
  return {
    step,
    outcome: () => {
      const out = tf.tidy(() => forward(x, w, b).dataSync())
      const [dx, dw, db] = tf.tidy(() => backward([x, w, b], dy).map((t) => t.dataSync())) as [
        ArrayLike<number>,
        ArrayLike<number>,
        ArrayLike<number>,
      ]
      const first = (values: ArrayLike<number>, channels: number): Float32Array =>
        permuted(Float32Array.from(values), [batch, size, size, channels], [0, 3, 1, 2])
      const weight = permuted(Float32Array.from(dw), [3, 3, inChannels, outChannels], [3, 2, 0, 1])
      return sampledConv(task, first(out, outChannels), first(dx, inChannels), weight, db)
    },
  }
}

export default async function contender(backend: 'cpu' | 'wasm'): Promise<Contender> {
  const require = createRequire(import.meta.url)
  const tf = require('@tensorflow/tfjs') as Tfjs
  if (backend === 'wasm') (require('@tensorflow/tfjs-backend-wasm') as { setThreadsCount(n: number): void }).setThreadsCount(1)
  await tf.setBackend(backend)
  await tf.ready()
  /** A tensor for each batch, made before: a slice of one large tensor would cost a step more than all the rest. */
  const split = (values: Float32Array, columns: number, batch: number): Tensor[] =>
    Array.from({ length: Math.ceil(values.length / columns / batch) }, (_, i) => {
      const part = values.slice(i * batch * columns, (i + 1) * batch * columns)
      return tf.tensor(part, [part.length / columns, columns])
    })
  return {
    tasks: {
      gemm({ m, k, n, threads }) {
        if (threads !== undefined) throw new Missing('no threads in Node')
        const a = tf.tensor(uniform(11, m * k), [m, k])
        const b = tf.tensor(uniform(12, k * n), [k, n])
        return kernel(() => tf.matMul(a, b), Math.sqrt(k))
      },
      elementwise({ op, n }) {
        const x = tf.tensor(op === 'log' ? positive(13, n) : uniform(13, n, 4), [n])
        const y = tf.tensor(uniform(14, n, 4), [n])
        const runs = { add: () => tf.add(x, y), exp: () => tf.exp(x), sigmoid: () => tf.sigmoid(x), log: () => tf.log(x) }
        return kernel(runs[op])
      },
      reduction({ op, rows, columns }) {
        const x = tf.tensor(uniform(15, rows * columns, 4), [rows, columns])
        const runs = {
          sum: () => tf.sum(x),
          'row-sum': () => tf.sum(x, 1),
          'column-sum': () => tf.sum(x, 0),
          softmax: () => tf.tidy(() => tf.softmax(x)),
        }
        return kernel(runs[op], { sum: rows * columns, 'row-sum': columns, 'column-sum': rows, softmax: 1 }[op])
      },
      'recorded-add'({ size, length, backward }) {
        if (!backward) throw new Missing('records only while it differentiates')
        const x = tf.tensor(uniform(16, size), [size])
        const y = tf.tensor(uniform(17, size), [size])
        const chain = (x: Tensor): Tensor => {
          let z = x
          for (let i = 0; i < length; i++) z = tf.add(z, y)
          return z
        }
        const g = tf.grad((x) => tf.sum(chain(x)))
        return {
          step: () => tf.tidy(() => void g(x)),
          outcome: () => tf.tidy(() => sampled(chain(x).dataSync(), length)),
        }
      },
      logistic(task) {
        const { features, batch, lr } = task
        const data = logisticData(task)
        const xs = split(data.x, features, batch)
        const ys = split(data.y, 1, batch)
        const w = tf.variable(tf.zeros([features, 1]))
        const b = tf.variable(tf.zeros([1]))
        const optimizer = tf.train.sgd(lr)
        return training(xs.length, task.checked, (i) =>
          tf.tidy(() => {
            const loss = (): Tensor => tf.losses.sigmoidCrossEntropy(ys[i]!, tf.add(tf.matMul(xs[i]!, w), b))
            return optimizer.minimize(loss, true, [w, b]).dataSync()[0]!
          }),
        )
      },
      mlp(task) {
        if (task.threads !== undefined) throw new Missing('no threads in Node')
        const { rows, features, hidden, classes, batch, lr } = task
        const data = mlpData(task)
        const xs = split(data.x.subarray(0, (rows - (rows % batch)) * features), features, batch)
        const ys = xs.map((_, i) =>
          tf.oneHot(tf.tensor(data.labels.slice(i * batch, (i + 1) * batch), [batch], 'int32'), classes).toFloat(),
        )
        const { w1, w2 } = mlpWeights(task)
        const weights = [
          tf.variable(tf.tensor(transposed(w1, hidden), [features, hidden])),
          tf.variable(tf.zeros([hidden])),
          tf.variable(tf.tensor(transposed(w2, classes), [hidden, classes])),
          tf.variable(tf.zeros([classes])),
        ] as const
        const forward = (x: Tensor): Tensor => {
          const h = tf.relu(tf.add(tf.matMul(x, weights[0]), weights[1]))
          return tf.add(tf.matMul(h, weights[2]), weights[3])
        }
        const optimizer = tf.train.sgd(lr)
        return training(xs.length, task.checked, (i) =>
          tf.tidy(() => {
            const loss = (): Tensor => tf.losses.softmaxCrossEntropy(ys[i]!, forward(xs[i]!))
            return optimizer.minimize(loss, true, [...weights]).dataSync()[0]!
          }),
        )
      },
      conv: (task) => conv(tf, task),
    },
  }
}
