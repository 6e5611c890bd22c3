/** Limits, elementwise. Every operation here has an in-place form. */
import { RuntimeError } from '../errors.ts'
import { kernel, overloads } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import type { Operand } from './types.ts'

const isScalar = (x: Operand): x is number => typeof x === 'number'

/** Bounds of `clamp`; at least one is given. */
export interface ClampOptions {
  readonly min?: Operand | null
  readonly max?: Operand | null
}

const clampBoth = /* @__PURE__ */ kernel({
  name: 'clamp',
  gradFn: (_x, min, max) => (isScalar(min as Operand) && isScalar(max as Operand) ? 'ClampBackward1' : 'ClampBackward0'),
  forward: (x, min, max) => x.maximum(min).minimum(max),
  backward: (grad, _out, x, min, max) => [
    grad.where(x.ge(min).mul(x.le(max)), 0),
    grad.where(min.lt(max).mul(x.lt(min)), 0),
    grad.where(x.gt(max).maximum(max.lt(min)), 0),
  ],
})

const clampLow = /* @__PURE__ */ kernel({
  name: 'clamp',
  gradFn: (_x, min) => (isScalar(min as Operand) ? 'ClampBackward1' : 'ClampBackward0'),
  forward: (x, min) => x.maximum(min),
  backward: (grad, _out, x, min) => [grad.where(x.ge(min), 0), grad.where(x.lt(min), 0)],
})

const atLeast = /* @__PURE__ */ kernel({
  name: 'clamp_min',
  gradFn: (_x, min) => (isScalar(min as Operand) ? 'ClampMinBackward0' : 'ClampMinBackward1'),
  forward: (x, min) => x.maximum(min),
  backward: (grad, _out, x, min) => [grad.where(x.ge(min), 0), grad.where(x.lt(min), 0)],
})

const clampHigh = /* @__PURE__ */ kernel({
  name: 'clamp',
  gradFn: (_x, max) => (isScalar(max as Operand) ? 'ClampBackward1' : 'ClampBackward0'),
  forward: (x, max) => x.minimum(max),
  backward: (grad, _out, x, max) => [grad.where(x.le(max), 0), grad.where(x.gt(max), 0)],
})

const atMost = /* @__PURE__ */ kernel({
  name: 'clamp_max',
  gradFn: (_x, max) => (isScalar(max as Operand) ? 'ClampMaxBackward0' : 'ClampMaxBackward1'),
  forward: (x, max) => x.minimum(max),
  backward: (grad, _out, x, max) => [grad.where(x.le(max), 0), grad.where(x.gt(max), 0)],
})

/**
 * Limits each element to `[min, max]`; `max` wins where the bounds cross.
 *
 * @example
 * tensor([-1, 0.5, 2]).clamp({ min: 0, max: 1 }) // tensor([0.0000, 0.5000, 1.0000])
 * @throws RuntimeError if neither bound is given.
 * @see https://pytorch.org/docs/stable/generated/torch.clamp.html
 */
export const clamp: (x: Tensor, options?: ClampOptions) => Tensor = /* @__PURE__ */ overloads((x, { min = null, max = null } = {}) => {
  if (min !== null && max !== null) return [clampBoth, [x, min, max]]
  if (min !== null) return [clampLow, [x, min]]
  if (max !== null) return [clampHigh, [x, max]]
  throw new RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None")
})

/**
 * Raises each element to at least `min`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.clamp.html
 */
export const clampMin: (x: Tensor, min: Operand) => Tensor = /* @__PURE__ */ overloads((x, min) => [atLeast, [x, min]])

/**
 * Lowers each element to at most `max`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.clamp.html
 */
export const clampMax: (x: Tensor, max: Operand) => Tensor = /* @__PURE__ */ overloads((x, max) => [atMost, [x, max]])
