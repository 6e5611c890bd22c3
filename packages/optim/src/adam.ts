/** Adam and AdamW: steps scaled by running moments of the gradient. */
import { elementwise, type Tensor, zerosLike } from '@tapegrad/core'
import { checkBeta, checkNonNegative } from './check.ts'
import { Optimizer } from './optimizer.ts'
import type { Params } from './types.ts'

/** Options of `Adam`. */
export interface AdamOptions {
  /** The learning rate. Default: 0.001. */
  lr: number
  /** The decay rates of the running mean of the gradient and of its square. Default: [0.9, 0.999]. */
  betas: readonly [number, number]
  /** Added to the denominator. Default: 1e-8. */
  eps: number
  /** The weight of an L2 penalty. Default: 0. */
  weightDecay: number
  /** Whether `weightDecay` shrinks the parameter directly, as in AdamW, instead of entering the gradient. Default: false. */
  decoupledWeightDecay: boolean
  /** Whether to divide by the largest running square so far. Default: false. */
  amsgrad: boolean
  /** Whether to climb instead of to descend. Default: false. */
  maximize: boolean
}

/** What `Adam` remembers of a parameter. */
export interface AdamState {
  step?: number
  expAvg?: Tensor
  expAvgSq?: Tensor
  maxExpAvgSq?: Tensor
}

// Rounded step by step as PyTorch's loop over `lerp_`, `addcmul_` and `addcdiv_` is, but in three passes over memory.
const updateMean = /* @__PURE__ */ elementwise((m, g, weight) =>
  m.add(weight.mul(g.sub(m))).where(weight.lt(0.5), g.sub(g.sub(m).mul(weight.neg().add(1)))),
)
const updateSquare = /* @__PURE__ */ elementwise((v, g, beta, weight) => v.mul(beta).add(g.mul(g).mul(weight)))
const larger = /* @__PURE__ */ elementwise((v, w) => v.maximum(w))
const updateParameter = /* @__PURE__ */ elementwise((p, m, v, size, correction, eps) =>
  p.add(m.div(v.sqrt().div(correction).add(eps)).mul(size)),
)

/**
 * Adam.
 *
 * g ← g + weightDecay · p; m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²;
 * p ← p - lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + eps).
 *
 * @example
 * const optimizer = new Adam(model.parameters(), { lr: 0.01 })
 * @throws ValueError for options that are negative or NaN, or a β outside [0, 1).
 * @see https://pytorch.org/docs/stable/generated/torch.optim.Adam.html
 */
export class Adam extends Optimizer<AdamOptions, AdamState> {
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    const defaults: AdamOptions = {
      lr: 1e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      decoupledWeightDecay: false,
      amsgrad: false,
      maximize: false,
    }
    super(params, { ...defaults, ...options })
  }

  protected override get keepsGradients(): boolean {
    // What a subclass does with them is not known here.
    return this.update !== Adam.prototype.update
  }

  protected override validate({ lr, betas, eps, weightDecay }: AdamOptions): void {
    checkNonNegative('learning rate', lr)
    checkNonNegative('epsilon value', eps)
    checkBeta(0, betas[0])
    checkBeta(1, betas[1])
    checkNonNegative('weight_decay value', weightDecay)
  }

  protected override constants(): Readonly<Record<string, unknown>> {
    return { ...super.constants(), capturable: false }
  }

  protected override update(
    p: Tensor,
    grad: Tensor,
    state: AdamState,
    { lr, betas: [beta1, beta2], eps, weightDecay, decoupledWeightDecay, amsgrad, maximize }: AdamOptions,
  ): void {
    const step = (state.step ?? 0) + 1
    const mean = (state.expAvg ??= zerosLike(p))
    const square = (state.expAvgSq ??= zerosLike(p))
    state.step = step

    let g = maximize ? grad.neg() : grad
    if (weightDecay !== 0) {
      if (decoupledWeightDecay) p.mul_(1 - lr * weightDecay)
      else g = g.add(p, { alpha: weightDecay })
    }
    updateMean(mean, mean, g, 1 - beta1)
    updateSquare(square, square, g, beta2, 1 - beta2)

    let scale = square
    if (amsgrad) {
      scale = state.maxExpAvgSq ??= zerosLike(p)
      larger(scale, scale, square)
    }
    updateParameter(p, p, mean, scale, -lr / (1 - beta1 ** step), Math.sqrt(1 - beta2 ** step), eps)
  }
}

/**
 * Adam with decoupled weight decay: p ← (1 - lr · weightDecay) p before each step. `weightDecay` is 0.01 by default.
 *
 * @example
 * const optimizer = new AdamW(model.parameters(), { lr: 0.01 })
 * @throws ValueError as `Adam` does.
 * @see https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html
 */
export class AdamW extends Adam {
  constructor(params: Params<AdamOptions>, options: Partial<Omit<AdamOptions, 'decoupledWeightDecay'>> = {}) {
    super(params, { weightDecay: 1e-2, ...options, decoupledWeightDecay: true })
  }
}
