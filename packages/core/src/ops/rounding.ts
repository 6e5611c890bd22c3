/** Rounding, elementwise. Every operation here has an in-place form. */
import { kernel, overloads, pointwise } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import type { UnaryOp } from './types.ts'

/**
 * Each element rounded down.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.floor.html
 */
export const floor: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'floor',
  only: ['number', 'floor_vml_cpu'],
  gradFn: 'FloorBackward0',
  forward: (x) => x.floor(),
  backward: (grad, _out, _x) => [grad.mul(0)],
})

/**
 * Each element rounded up.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.ceil.html
 */
export const ceil: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'ceil',
  only: ['number', 'ceil_vml_cpu'],
  gradFn: 'CeilBackward0',
  forward: (x) => x.ceil(),
  backward: (grad, _out, _x) => [grad.mul(0)],
})

/**
 * Each element rounded towards zero.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.trunc.html
 */
export const trunc: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'trunc',
  only: ['number', 'trunc_vml_cpu'],
  gradFn: 'TruncBackward0',
  forward: (x) => x.trunc(),
  backward: (grad, _out, _x) => [grad.mul(0)],
})

/**
 * The fractional part, with the sign of the element.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.frac.html
 */
export const frac: UnaryOp = /* @__PURE__ */ pointwise({
  name: 'frac',
  only: ['float', 'frac_cpu'],
  gradFn: 'FracBackward0',
  forward: (x) => x.sub(x.trunc()),
  backward: (grad, _out, _x) => [grad],
})

/** Options of `round`. */
export interface RoundOptions {
  /** Decimal places to keep; negative ones round left of the point. */
  readonly decimals?: number
}

const roundPlain = /* @__PURE__ */ kernel({
  name: 'round',
  only: ['number', 'round_vml_cpu'],
  gradFn: 'RoundBackward0',
  forward: (x) => x.round(),
  backward: (grad, _out, _x) => [grad.mul(0)],
})

const roundUp = /* @__PURE__ */ kernel({
  name: 'round',
  only: ['float', 'round_cpu'],
  gradFn: 'RoundBackward1',
  forward: (x, scale) => x.mul(scale).round().div(scale),
  backward: (grad, _out, _x, _scale) => [grad.mul(0), null],
})

const roundDown = /* @__PURE__ */ kernel({
  name: 'round',
  only: ['float', 'round_cpu'],
  gradFn: 'RoundBackward1',
  forward: (x, scale) => x.div(scale).round().mul(scale),
  backward: (grad, _out, _x, _scale) => [grad.mul(0), null],
})

/**
 * Each element rounded to the nearest whole number, halves to even.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.round.html
 */
export const round: (x: Tensor, options?: RoundOptions) => Tensor = /* @__PURE__ */ overloads((x, { decimals = 0 } = {}) =>
  decimals === 0 ? [roundPlain, [x]] : decimals > 0 ? [roundUp, [x, 10 ** decimals]] : [roundDown, [x, 10 ** -decimals]],
)
