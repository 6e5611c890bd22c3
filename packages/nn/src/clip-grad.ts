/** Keeping gradients within bounds, between `backward()` and the optimizer's step. */
import { linalg, noGrad, RuntimeError, stack, Tensor, tensor } from '@tapegrad/core'
import { float } from './python.ts'

/** Options of `clipGradNorm_`. */
export interface ClipGradNormOptions {
  /** The order of the norm; `Infinity` for the greatest absolute value. Default: 2. */
  normType?: number
  /** Whether to raise if the norm is infinite or NaN. Default: false. */
  errorIfNonfinite?: boolean
}

const gradients = (parameters: Tensor | Iterable<Tensor>): Tensor[] =>
  [...(parameters instanceof Tensor ? [parameters] : parameters)].flatMap(({ grad }) => (grad === null ? [] : [grad]))

/**
 * The norm of tensors taken together, as if they were one vector.
 *
 * @throws RuntimeError if it is infinite or NaN and `errorIfNonfinite` is set.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.get_total_norm.html
 */
export function getTotalNorm(tensors: Iterable<Tensor>, { normType = 2, errorIfNonfinite = false }: ClipGradNormOptions = {}): Tensor {
  const norms = [...tensors].map((x) => linalg.vectorNorm(x, { ord: normType }))
  const total = norms.length === 0 ? tensor(0) : linalg.vectorNorm(stack(norms), { ord: normType })
  if (errorIfNonfinite && !Number.isFinite(total.item()))
    throw new RuntimeError(
      `The total norm of order ${float(normType)} for gradients from \`parameters\` is non-finite, so it cannot be clipped. To disable this error and scale the gradients by the non-finite norm anyway, set \`error_if_nonfinite=False\``,
    )
  return total
}

/**
 * Scales the gradients in place so that their norm, taken together, is at most `maxNorm`; returns the norm before.
 *
 * @example
 * loss.backward()
 * utils.clipGradNorm_(model.parameters(), 1)
 * optimizer.step()
 * @throws RuntimeError if the norm is infinite or NaN and `errorIfNonfinite` is set.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 */
export function clipGradNorm_(parameters: Tensor | Iterable<Tensor>, maxNorm: number, options: ClipGradNormOptions = {}): Tensor {
  const grads = gradients(parameters)
  return noGrad(() => {
    const total = getTotalNorm(grads, options)
    const factor = tensor(maxNorm).div(total.add(1e-6)).clamp({ max: 1 })
    for (const grad of grads) grad.mul_(factor)
    return total
  })
}

/**
 * Clips each element of the gradients in place to ±`clipValue`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_value_.html
 */
export function clipGradValue_(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  noGrad(() => {
    for (const grad of gradients(parameters)) grad.clamp_({ min: -clipValue, max: clipValue })
  })
}
