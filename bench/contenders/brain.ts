/** brain.js: no tensors and no choice of loss; its own online algorithm, one sample after another, on the same rows. */
import { logisticData } from '../data.ts'
import { type Contender, Missing } from '../task.ts'

interface Sample {
  readonly input: number[]
  readonly output: number[]
}

interface Brain {
  readonly NeuralNetwork: new (
    options: object,
  ) => { train(data: Sample[], options: Record<'iterations' | 'learningRate' | 'momentum' | 'errorThresh', number>): { error: number } }
}

export default async function contender(): Promise<Contender> {
  const name: string = 'brain.js'
  const { default: brain }: { default: Brain } = await import(name)
  return {
    apart: 'mean squared error, one sample at a time: another algorithm',
    tasks: {
      logistic(task) {
        const { rows, features, batch, lr } = task
        if (rows !== batch) throw new Missing('has no batches')
        const { x, y } = logisticData(task)
        const data = Array.from({ length: rows }, (_, i) => ({ input: [...x.subarray(i * features, (i + 1) * features)], output: [y[i]!] }))
        const network = new brain.NeuralNetwork({ hiddenLayers: [], activation: 'sigmoid' })
        const times = 100
        // It may stop early only below an error that these rows never reach; it takes no zeros.
        const step = (): number => network.train(data, { iterations: times, learningRate: lr, momentum: 1e-6, errorThresh: 1e-12 }).error
        return { step, outcome: () => [step()], times }
      },
    },
  }
}
