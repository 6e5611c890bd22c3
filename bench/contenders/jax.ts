/** jax-js on its WebAssembly backend, everything compiled by `jit`, as its manual advises; its arrays are counted by hand (`ref`, `dispose`). */
import { convData, logisticData, mlpData, mlpWeights, positive, sampled, sampledConv, transposed, uniform } from '../data.ts'
import { type Contender, Missing, type Prepared } from '../task.ts'
import { training } from './training.ts'

interface JaxArray {
  readonly ref: JaxArray
  add(y: JaxArray): JaxArray
  sub(y: JaxArray): JaxArray
  mul(y: JaxArray | number): JaxArray
  sum(axis?: number): JaxArray
  mean(): JaxArray
  reshape(shape: number[]): JaxArray
  dataSync(): ArrayLike<number>
  blockUntilReady(): Promise<JaxArray>
  dispose(): void
}

type Arrays = readonly JaxArray[]

/** The part of the library that is used here, so that types are checked where it is not installed. */
interface Jax {
  init(device: string): Promise<unknown>
  defaultDevice(device: string): unknown
  jit<F>(f: F): F
  valueAndGrad(f: (...xs: Arrays) => JaxArray, options: { argnums: number[] }): (...xs: Arrays) => [JaxArray, JaxArray[]]
  grad(f: (x: JaxArray, y: JaxArray) => JaxArray): (x: JaxArray, y: JaxArray) => JaxArray
  vjp(f: (...xs: Arrays) => JaxArray, xs: Arrays): [JaxArray, ((grad: JaxArray) => JaxArray[]) & { dispose(): void }]
  readonly numpy: {
    array(values: Float32Array): JaxArray
    zeros(shape: number[]): JaxArray
    matmul(x: JaxArray, y: JaxArray): JaxArray
    exp(x: JaxArray): JaxArray
    log(x: JaxArray): JaxArray
    sum(x: JaxArray, axis?: number): JaxArray
  }
  readonly nn: Record<'sigmoid' | 'relu' | 'softplus', (x: JaxArray) => JaxArray> &
    Record<'softmax' | 'logSoftmax', (x: JaxArray, axis?: number) => JaxArray>
  readonly lax: { convGeneralDilated(x: JaxArray, w: JaxArray, strides: number[], padding: 'SAME'): JaxArray }
}

function kernel(run: () => JaxArray, scale = 1): Prepared {
  const step = async (): Promise<void> => (await run().blockUntilReady()).dispose()
  return { step, outcome: () => sampled(run().dataSync(), scale) }
}

export default async function contender(): Promise<Contender> {
  // Node 20 has none, and the library asks it for the number of cores.
  if (globalThis.navigator === undefined) Object.assign(globalThis, { navigator: { hardwareConcurrency: 1 } })
  const name: string = '@jax-js/jax'
  const jax: Jax = await import(name)
  await jax.init('wasm')
  jax.defaultDevice('wasm')
  const { numpy: np, nn, lax, jit } = jax
  const array = (values: Float32Array, shape: number[]): JaxArray => np.array(values).reshape(shape)

  /** A training loop over arrays that `update` replaces; each batch is an array of its own, made before. */
  function descent(start: JaxArray[], lr: number, batches: Arrays[], checked: number, loss: (...xs: Arrays) => JaxArray): Prepared {
    const n = start.length
    const differentiated = jax.valueAndGrad(loss, { argnums: start.map((_, i) => i) })
    const update = jit((...xs: Arrays): JaxArray[] => {
      const [value, grads] = differentiated(...xs.slice(0, n).map((p) => p.ref), ...xs.slice(n))
      return [value, ...xs.slice(0, n).map((p, i) => p.sub(grads[i]!.mul(lr)))]
    })
    let weights = start
    return training(batches.length, checked, (i) => {
      const [value, ...next] = update(...weights, ...batches[i]!.map((x) => x.ref)) as [JaxArray, ...JaxArray[]]
      weights = next
      return value.dataSync()[0]!
    })
  }

  return {
    tasks: {
      gemm({ m, k, n, threads }) {
        if (threads !== undefined) throw new Missing('no threads in Node')
        const a = array(uniform(11, m * k), [m, k])
        const b = array(uniform(12, k * n), [k, n])
        const f = jit((a: JaxArray, b: JaxArray) => np.matmul(a, b))
        return kernel(() => f(a.ref, b.ref), Math.sqrt(k))
      },
      elementwise({ op, n }) {
        const x = np.array(op === 'log' ? positive(13, n) : uniform(13, n, 4))
        if (op === 'add') {
          const y = np.array(uniform(14, n, 4))
          const f = jit((x: JaxArray, y: JaxArray) => x.add(y))
          return kernel(() => f(x.ref, y.ref))
        }
        const f = jit({ exp: np.exp, log: np.log, sigmoid: nn.sigmoid }[op])
        return kernel(() => f(x.ref))
      },
      reduction({ op, rows, columns }) {
        const x = array(uniform(15, rows * columns, 4), [rows, columns])
        const runs = {
          sum: (x: JaxArray) => np.sum(x),
          'row-sum': (x: JaxArray) => np.sum(x, 1),
          'column-sum': (x: JaxArray) => np.sum(x, 0),
          softmax: (x: JaxArray) => nn.softmax(x, 1),
        }
        const f = jit(runs[op])
        return kernel(() => f(x.ref), { sum: rows * columns, 'row-sum': columns, 'column-sum': rows, softmax: 1 }[op])
      },
      'recorded-add'({ size, length, backward }) {
        if (!backward) throw new Missing('records only while it differentiates')
        const x = np.array(uniform(16, size))
        const y = np.array(uniform(17, size))
        const chain = (x: JaxArray, y: JaxArray): JaxArray => {
          let z = x
          for (let i = 0; i < length; i++) z = z.add(y.ref)
          y.dispose()
          return z
        }
        // Not compiled: `jit` would record the chain once and fuse it into one kernel.
        const g = jax.grad((x, y) => chain(x, y).sum())
        const step = async (): Promise<void> => (await g(x.ref, y.ref).blockUntilReady()).dispose()
        return { step, outcome: () => sampled(chain(x.ref, y.ref).dataSync(), length) }
      },
      logistic(task) {
        const { rows, features, batch, lr } = task
        const data = logisticData(task)
        const batches = Array.from({ length: Math.ceil(rows / batch) }, (_, i) => {
          const n = Math.min(batch, rows - i * batch)
          const from = i * batch
          return [array(data.x.slice(from * features, (from + n) * features), [n, features]), array(data.y.slice(from, from + n), [n, 1])]
        })
        return descent([np.zeros([features, 1]), np.zeros([1])], lr, batches, task.checked, (w, b, x, y) => {
          const z = np.matmul(x!, w!).add(b!)
          return nn.softplus(z.ref).sub(z.mul(y!)).mean()
        })
      },
      mlp(task) {
        if (task.threads !== undefined) throw new Missing('no threads in Node')
        const { rows, features, hidden, classes, batch, lr } = task
        const { x, labels } = mlpData(task)
        const batches = Array.from({ length: Math.floor(rows / batch) }, (_, i) => {
          const oneHot = new Float32Array(batch * classes)
          for (let j = 0; j < batch; j++) oneHot[j * classes + labels[i * batch + j]!] = 1
          return [array(x.slice(i * batch * features, (i + 1) * batch * features), [batch, features]), array(oneHot, [batch, classes])]
        })
        const { w1, w2 } = mlpWeights(task)
        const weights = [
          array(transposed(w1, hidden), [features, hidden]),
          np.zeros([hidden]),
          array(transposed(w2, classes), [hidden, classes]),
          np.zeros([classes]),
        ]
        return descent(weights, lr, batches, task.checked, (w1, b1, w2, b2, x, y) => {
          const h = nn.relu(np.matmul(x!, w1!).add(b1!))
          const z = np.matmul(h, w2!).add(b2!)
          return nn
            .logSoftmax(z, -1)
            .mul(y!)
            .sum()
            .mul(-1 / batch)
        })
      },
      conv(task) {
        const { batch, inChannels, outChannels, size } = task
        const data = convData(task)
        const inputs = [
          array(data.x, [batch, inChannels, size, size]),
          array(data.w, [outChannels, inChannels, 3, 3]),
          array(data.b, [outChannels, 1, 1]),
          array(data.grad, [batch, outChannels, size, size]),
        ]
        const f = jit((x: JaxArray, w: JaxArray, b: JaxArray, grad: JaxArray): JaxArray[] => {
          const [out, back] = jax.vjp((x, w, b) => lax.convGeneralDilated(x!, w!, [1, 1], 'SAME').add(b!), [x, w, b])
          const grads = back(grad)
          back.dispose()
          return [out, ...grads]
        })
        const run = (): JaxArray[] => f(...(inputs.map((x) => x.ref) as [JaxArray, JaxArray, JaxArray, JaxArray]))
        return {
          step: async () => {
            for (const out of run()) (await out.blockUntilReady()).dispose()
          },
          outcome: () => {
            const [out, x, w, b] = run().map((a) => a.dataSync()) as [
              ArrayLike<number>,
              ArrayLike<number>,
              ArrayLike<number>,
              ArrayLike<number>,
            ]
            return sampledConv(task, out, x, w, b)
          },
        }
      },
    },
  }
}
