/** Stochastic gradient descent. */
import { elementwise, type Tensor, ValueError } from '@tapegrad/core'
import { checkNonNegative } from './check.ts'
import { Optimizer } from './optimizer.ts'
import type { Params } from './types.ts'

/** Options of `SGD`. */
export interface SGDOptions {
  /** The learning rate. Default: 0.001. */
  lr: number
  /** The share of the last step that the next one keeps. Default: 0. */
  momentum: number
  /** The share of the gradient that does not enter the momentum. Default: 0. */
  dampening: number
  /** The weight of an L2 penalty. Default: 0. */
  weightDecay: number
  /** Whether to look ahead along the momentum. Default: false. */
  nesterov: boolean
  /** Whether to climb instead of to descend. Default: false. */
  maximize: boolean
}

/** What `SGD` remembers of a parameter. */
export interface SGDState {
  momentumBuffer?: Tensor
}

// One pass over memory each, where `mul_` and `add_` would be two.
const accumulate = /* @__PURE__ */ elementwise((b, g, momentum, share) => b.mul(momentum).add(g.mul(share)))

/**
 * Stochastic gradient descent, with momentum if you like.
 *
 * g ← g + weightDecay · p; b ← momentum · b + (1 - dampening) · g; p ← p - lr · b, or p - lr · (g + momentum · b) with Nesterov.
 * The first step takes b = g, undampened.
 *
 * @example
 * const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })
 * @throws ValueError for options that are negative or NaN, or Nesterov without momentum or with dampening.
 * @see https://pytorch.org/docs/stable/generated/torch.optim.SGD.html
 */
export class SGD extends Optimizer<SGDOptions, SGDState> {
  constructor(params: Params<SGDOptions>, options: Partial<SGDOptions> = {}) {
    super(params, { lr: 1e-3, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false, ...options })
  }

  protected override get keepsGradients(): boolean {
    // What a subclass does with them is not known here.
    return this.update !== SGD.prototype.update
  }

  protected override validate({ lr, momentum, dampening, weightDecay, nesterov }: SGDOptions): void {
    checkNonNegative('learning rate', lr)
    checkNonNegative('momentum value', momentum)
    checkNonNegative('weight_decay value', weightDecay)
    if (nesterov && (momentum <= 0 || dampening !== 0)) throw new ValueError('Nesterov momentum requires a momentum and zero dampening')
  }

  protected override update(
    p: Tensor,
    grad: Tensor,
    state: SGDState,
    { lr, momentum, dampening, weightDecay, nesterov, maximize }: SGDOptions,
  ): void {
    let g = maximize ? grad.neg() : grad
    if (weightDecay !== 0) g = g.add(p, { alpha: weightDecay })
    if (momentum !== 0) {
      const buffer = state.momentumBuffer
      if (buffer === undefined) state.momentumBuffer = g.detach().clone()
      else accumulate(buffer, buffer, g, momentum, 1 - dampening)
      const moving = state.momentumBuffer as Tensor
      g = nesterov ? g.add(moving, { alpha: momentum }) : moving
    }
    p.add_(g, { alpha: -lr })
  }
}
