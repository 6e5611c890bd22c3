/** Whether operations record a graph. */
import { RuntimeError } from '../errors.ts'

/** Ends a mode when its `using` declaration goes out of scope. */
interface Scope {
  [Symbol.dispose](): void
}

let gradEnabled = true
let inference = false

/** Whether operations on tensors that require gradients are recorded. */
export const isGradEnabled = (): boolean => gradEnabled

/** Whether inference mode is on. */
export const isInferenceModeEnabled = (): boolean => inference

function scoped<T>(name: string, grad: boolean, infer: boolean, fn: (() => T) | undefined): T | Scope {
  const before = gradEnabled
  const beforeInference = inference
  gradEnabled = grad
  inference = infer
  const restore = (): void => {
    gradEnabled = before
    inference = beforeInference
  }
  if (fn === undefined) return { [Symbol.dispose ?? Symbol.for('Symbol.dispose')]: restore } as Scope
  try {
    const value = fn()
    if (value !== null && typeof value === 'object' && typeof (value as { then?: unknown }).then === 'function') {
      // Left alone, its rejection would end the process on top of the error below.
      ;(value as unknown as Promise<unknown>).then(undefined, () => {})
      throw new RuntimeError(
        `${name}() got a function that returns a promise\n  help: the mode would end before the promise does; call ${name}() around each synchronous part`,
      )
    }
    return value
  } finally {
    restore()
  }
}

/**
 * Runs `fn` without recording a graph and returns its value; without `fn`, a scope for `using _ = noGrad()`.
 *
 * @example
 * const x = tensor(2, { requiresGrad: true })
 * noGrad(() => x.pow(2)).requiresGrad // false
 * @throws RuntimeError if `fn` returns a promise.
 * @see https://pytorch.org/docs/stable/generated/torch.no_grad.html
 */
export function noGrad(): Disposable
export function noGrad<T>(fn: () => T): T
export function noGrad<T>(fn?: () => T): T | Disposable {
  return scoped('noGrad', false, inference, fn)
}

/**
 * Runs `fn` with recording on, inside `noGrad` for example, and returns its value; without `fn`, a scope for `using`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.enable_grad.html
 */
export function enableGrad(): Disposable
export function enableGrad<T>(fn: () => T): T
export function enableGrad<T>(fn?: () => T): T | Disposable {
  return scoped('enableGrad', true, inference, fn)
}

/**
 * Runs `fn` in inference mode: nothing is recorded, and its tensors cannot join a graph later.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.grad_mode.inference_mode.html
 */
export function inferenceMode(): Disposable
export function inferenceMode<T>(fn: () => T): T
export function inferenceMode<T>(fn?: () => T): T | Disposable {
  return scoped('inferenceMode', false, true, fn)
}

/**
 * Switches recording on or off until further notice.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.grad_mode.set_grad_enabled.html
 */
export function setGradEnabled(enabled: boolean): void {
  gradEnabled = enabled
}
