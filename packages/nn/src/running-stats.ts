/** What normalisation over the batch and over instances share: parameters per channel, and statistics that run along. */
import { type DType, noGrad, ones, type Tensor, ValueError, zeros } from '@tapegrad/core'
import { ones_, zeros_ } from './init.ts'
import { Module } from './module.ts'
import { Buffer, Parameter } from './parameter.ts'
import { bool, float } from './python.ts'

/** Options of the batch and instance normalisations. */
export interface NormOptions {
  /** Added to the variance. Default: 1e-5. */
  eps?: number
  /** How much of the new statistics goes into the running ones; `null` for their plain average. Default: 0.1. */
  momentum?: number | null
  /** Whether to learn a factor and a term for each channel. */
  affine?: boolean
  /** Whether to learn the terms too, if any. Default: true. */
  bias?: boolean
  /** Whether to keep running statistics, for use in evaluation. */
  trackRunningStats?: boolean
  /** The dtype of parameters and statistics. Default: the default dtype. */
  dtype?: DType
}

/** The base of `BatchNorm1d`, `InstanceNorm1d` and their likes. */
export abstract class RunningNorm extends Module {
  readonly numFeatures: number
  readonly eps: number
  readonly momentum: number | null
  readonly affine: boolean
  readonly trackRunningStats: boolean
  readonly weight: Parameter | null
  readonly bias: Parameter | null
  readonly runningMean: Buffer | null
  readonly runningVar: Buffer | null
  readonly numBatchesTracked: Buffer | null

  constructor(numFeatures: number, { eps = 1e-5, momentum = 0.1, bias = true, dtype, ...options }: NormOptions, byDefault: boolean) {
    super()
    const { affine = byDefault, trackRunningStats = byDefault } = options
    const floats = dtype === undefined ? {} : { dtype }
    this.numFeatures = numFeatures
    this.eps = eps
    this.momentum = momentum
    this.affine = affine
    this.trackRunningStats = trackRunningStats
    this.weight = affine ? new Parameter(ones([numFeatures], floats)) : null
    this.bias = affine && bias ? new Parameter(zeros([numFeatures], floats)) : null
    this.runningMean = trackRunningStats ? new Buffer(zeros([numFeatures], floats)) : null
    this.runningVar = trackRunningStats ? new Buffer(ones([numFeatures], floats)) : null
    this.numBatchesTracked = trackRunningStats ? new Buffer(zeros([], { dtype: 'int64' })) : null
  }

  /** Sets the running statistics to mean 0 and variance 1. */
  resetRunningStats(): void {
    if (this.runningMean !== null) zeros_(this.runningMean)
    if (this.runningVar !== null) ones_(this.runningVar)
    if (this.numBatchesTracked !== null) zeros_(this.numBatchesTracked)
  }

  /** Sets the factors to 1, the terms to 0, and the running statistics to mean 0 and variance 1. */
  resetParameters(): void {
    this.resetRunningStats()
    if (this.weight !== null) ones_(this.weight)
    if (this.bias !== null) zeros_(this.bias)
  }

  /** Counts a batch, and says how much of it goes into the running statistics. */
  protected count(): number {
    const counter = this.numBatchesTracked
    if (!this.training || counter === null) return this.momentum ?? 0
    noGrad(() => counter.add_(1))
    return this.momentum ?? 1 / Number(counter.item())
  }

  override extraRepr(): string {
    const momentum = this.momentum === null ? 'None' : float(this.momentum)
    return `${this.numFeatures}, eps=${float(this.eps)}, momentum=${momentum}, affine=${bool(this.affine)}, bias=${bool(this.bias !== null)}, track_running_stats=${bool(this.trackRunningStats)}`
  }
}

/** Complains of an input of a wrong number of dimensions. */
export function checkDims(x: Tensor, allowed: readonly number[]): void {
  if (!allowed.includes(x.ndim)) throw new ValueError(`expected ${allowed.map((n) => `${n}D`).join(' or ')} input (got ${x.ndim}D input)`)
}
