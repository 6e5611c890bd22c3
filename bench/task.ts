/** What is measured: tasks that a contender can be asked to do, and what it answers with. */

/** One matrix product `[m, k] @ [k, n]`. */
export interface GemmTask {
  readonly kind: 'gemm'
  readonly m: number
  readonly k: number
  readonly n: number
  readonly threads?: number
}

/** One pointwise operation over `n` numbers. */
export interface ElementwiseTask {
  readonly kind: 'elementwise'
  readonly op: 'add' | 'exp' | 'sigmoid' | 'log'
  readonly n: number
}

/** One reduction of a matrix, or a softmax of its rows. */
export interface ReductionTask {
  readonly kind: 'reduction'
  readonly op: 'sum' | 'row-sum' | 'column-sum' | 'softmax'
  readonly rows: number
  readonly columns: number
}

/** A chain of additions of short vectors that is recorded for differentiation; `backward` also walks it back. */
export interface RecordedAddTask {
  readonly kind: 'recorded-add'
  readonly size: number
  readonly length: number
  readonly backward: boolean
}

/** One training step of logistic regression after another, through the batches of a data set in order. */
export interface LogisticTask {
  readonly kind: 'logistic'
  readonly rows: number
  readonly features: number
  readonly batch: number
  readonly lr: number
  /** How many losses are compared before anything is timed. */
  readonly checked: number
}

/** The same for a perceptron with one hidden layer of ReLU and cross-entropy. */
export interface MlpTask {
  readonly kind: 'mlp'
  readonly rows: number
  readonly features: number
  readonly hidden: number
  readonly classes: number
  readonly batch: number
  readonly lr: number
  readonly checked: number
  readonly threads?: number
}

/** A 3x3 convolution with padding 1, and its gradients of input, weight and bias from a given gradient. */
export interface ConvTask {
  readonly kind: 'conv'
  readonly batch: number
  readonly inChannels: number
  readonly outChannels: number
  readonly size: number
}

export type Task = GemmTask | ElementwiseTask | ReductionTask | RecordedAddTask | LogisticTask | MlpTask | ConvTask
export type Kind = Task['kind']

/** A task made ready by a contender. */
export interface Prepared {
  /** Does the task once; a promise is waited for. */
  step(): unknown
  /** What every contender must find as well, computed from the same data and weights; called once, before any timing. */
  outcome(): ArrayLike<number> | Promise<ArrayLike<number>>
  /** How many times one call of `step` does the task. Default: 1. */
  readonly times?: number
}

type Prepare<K extends Kind> = (task: Extract<Task, { kind: K }>) => Prepared | Promise<Prepared>

/** A library that does some of the tasks. */
export interface Contender {
  /** Where the package's manifest does not tell it. */
  readonly version?: string
  /** Why its figures stand apart and its losses are not compared. */
  readonly apart?: string
  readonly tasks: { readonly [K in Kind]?: Prepare<K> }
}

/** Thrown where a contender cannot do a task: its row says so, and nothing is wrong. */
export class Missing extends Error {}

export const contenderNames = ['tapegrad', 'torch', 'tfjs-cpu', 'tfjs-wasm', 'jax-js', 'js-pytorch', 'brain.js'] as const
export type ContenderName = (typeof contenderNames)[number]
