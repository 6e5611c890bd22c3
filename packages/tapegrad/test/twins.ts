/** A logistic neuron beside its twin in plain doubles, for tests that take many steps. */
import { full, manualSeed, nn, optim, rand, type Tensor } from '../src/index.ts'

const ROWS = 32
const COLUMNS = 30
const BATCHES = 8
const RATE = 0.1
/** How far a loss in float32 may be from one in doubles, over any number of steps: there is one minimum, and both go there. */
const TOLERANCE = 1e-5

/** Trains both on the same batches, and throws as soon as a loss or a weight of the neuron is not what its twin says. */
export class Twins {
  readonly #model: nn.Linear
  readonly #criterion: nn.BCEWithLogitsLoss = new nn.BCEWithLogitsLoss()
  readonly #optimizer: optim.SGD
  readonly #x: Tensor
  readonly #y: Tensor
  readonly #inputs: Float64Array
  readonly #targets: Float64Array
  readonly #weights: Float64Array
  #bias: number
  /** Of every thousandth step, the last hundred of them: the loss, its value, and a tensor full of it. */
  readonly #kept: { loss: Tensor; value: number; copies: Tensor }[] = []
  steps = 0

  constructor() {
    manualSeed(0)
    this.#x = rand([BATCHES * ROWS, COLUMNS])
    this.#y = rand([BATCHES * ROWS, 1])
      .gt(0.5)
      .float()
    this.#model = new nn.Linear(COLUMNS, 1)
    this.#optimizer = new optim.SGD(this.#model.parameters(), { lr: RATE })
    this.#inputs = Float64Array.from(this.#x.toArray() as Float32Array)
    this.#targets = Float64Array.from(this.#y.toArray() as Float32Array)
    this.#weights = Float64Array.from(this.#model.weight.toArray() as Float32Array)
    this.#bias = (this.#model.bias as Tensor).item<number>()
  }

  /** So many steps in one go. */
  run(steps: number): void {
    for (let i = 0; i < steps; i++) this.#step()
    this.#check()
  }

  #step(): void {
    const from = (this.steps % BATCHES) * ROWS
    const loss = this.#criterion.forward(this.#model.forward(this.#x.narrow(0, from, ROWS)), this.#y.narrow(0, from, ROWS))
    this.#optimizer.zeroGrad()
    loss.backward()
    this.#optimizer.step()
    const value = loss.item<number>()
    const expected = this.#twin(from)
    if (!(Math.abs(value - expected) <= TOLERANCE)) throw new Error(`step ${this.steps}: the loss is ${value}, not ${expected}`)
    // Eight kilobytes a step, so that memory is used again after a few thousand of them.
    const copies = full([2048], value)
    if (copies.narrow(0, this.steps % 2048, 1).item() !== value) throw new Error(`step ${this.steps}: a new tensor has not its value`)
    if (this.steps % 1000 === 0) {
      this.#kept.push({ loss, value, copies })
      if (this.#kept.length > 100) this.#kept.shift()
    }
    this.steps++
  }

  /** The same step in doubles; returns the loss. */
  #twin(from: number): number {
    const gradient = new Float64Array(COLUMNS)
    let biasGradient = 0
    let total = 0
    for (let i = from; i < from + ROWS; i++) {
      let z = this.#bias
      for (let j = 0; j < COLUMNS; j++) z += this.#weights[j]! * this.#inputs[i * COLUMNS + j]!
      const y = this.#targets[i]!
      total += Math.max(z, 0) - z * y + Math.log1p(Math.exp(-Math.abs(z)))
      const error = (1 / (1 + Math.exp(-z)) - y) / ROWS
      biasGradient += error
      for (let j = 0; j < COLUMNS; j++) gradient[j]! += error * this.#inputs[i * COLUMNS + j]!
    }
    for (let j = 0; j < COLUMNS; j++) this.#weights[j]! -= RATE * gradient[j]!
    this.#bias -= RATE * biasGradient
    return total / ROWS
  }

  /** What is kept has its values still, and the weights are the twin's. */
  #check(): void {
    for (const { loss, value, copies } of this.#kept)
      if (loss.item() !== value || !copies.eq(value).all().item()) throw new Error(`what was kept with ${value} has another value`)
    const weights = this.#model.weight.toArray() as Float32Array
    for (const [j, w] of this.#weights.entries())
      if (!(Math.abs(weights[j]! - w) <= 10 * TOLERANCE)) throw new Error(`weight ${j} is ${weights[j]}, not ${w}`)
  }
}
