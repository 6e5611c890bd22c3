/** Arithmetic and comparison. */
import { binary, comparison, counted, floating, integers, mismatch, of, type Rows, smooth, truth, unary } from './row.ts'

export const arithmetic = {
  // arithmetic
  add: [
    binary('AddBackward0', { errors: [{ call: (t) => t([[1, 2, 3]]).add(t([1, 2])), message: mismatch([1, 3], [2]) }] }),
    binary('AddBackward0', { rest: [{ alpha: 3 }] }),
  ],
  sub: [binary('SubBackward0', { refuses: ['bool'] }), binary('SubBackward0', { rest: [{ alpha: 3 }], refuses: ['bool'] })],
  rsub: binary('RsubBackward0', { refuses: ['bool'] }),
  mul: binary('MulBackward0'),
  div: [
    binary('DivBackward0', { low: 0.5, result: floating, skip: { inplace: 'integers become floats' } }),
    binary('DivBackward2', { low: 0.5, rest: [{ roundingMode: 'floor' }], refuses: ['bool'] }),
    binary('DivBackward2', { low: 0.5, rest: [{ roundingMode: 'trunc' }], refuses: ['bool'] }),
  ],
  trueDivide: binary('DivBackward0', { low: 0.5, result: floating }),
  floorDivide: { shapes: of([3, 4], [4]), low: 0.5, gradFn: null, refuses: ['bool'] },
  remainder: binary('RemainderBackward1', { low: 0.5, refuses: ['bool'] }),
  fmod: binary('FmodBackward1', { low: 0.5, refuses: ['bool'] }),
  neg: unary('NegBackward0', { refuses: ['bool'] }),
  pow: [
    binary('PowBackward1', { low: 0.5, refuses: ['bool'] }),
    unary('PowBackward0', { rest: [3], result: counted }),
    unary('PowBackward0', { rest: [2], result: counted }),
  ],
  abs: unary('AbsBackward0', { refuses: ['bool'] }),
  sign: unary('SignBackward0'),
  sgn: unary('SgnBackward0'),
  nanToNum: unary('NanToNumBackward0'),
  square: unary('PowBackward0', { result: counted }),
  reciprocal: smooth('ReciprocalBackward0', 0.5),
  sqrt: smooth('SqrtBackward0', 0.5),
  rsqrt: smooth('RsqrtBackward0', 0.5),
  clamp: [
    unary('ClampBackward1', { rest: [{ min: -1, max: 1 }], result: counted }),
    { shapes: of([3, 4], [4], [4]), call: (x, low, high) => x.clamp({ min: low, max: high }), gradFn: 'ClampBackward0' },
  ],
  clampMin: [unary('ClampMinBackward0', { rest: [-1], result: counted }), binary('ClampMinBackward1')],
  clampMax: [unary('ClampMaxBackward0', { rest: [1], result: counted }), binary('ClampMaxBackward1')],
  lerp: [
    { shapes: of([3, 4], [4]), rest: [0.3], gradFn: 'LerpBackward0', refuses: integers },
    { shapes: of([3, 4], [4], [3, 1]), gradFn: 'LerpBackward1', refuses: integers },
  ],
  addcmul: { shapes: of([3, 4], [4], [3, 1]), rest: [{ value: 2 }], gradFn: 'AddcmulBackward0', refuses: ['bool'] },
  addcdiv: { shapes: of([3, 4], [4], [3, 1]), rest: [{ value: 2 }], low: 0.5, gradFn: 'AddcdivBackward0', refuses: integers },
  maximum: binary('MaximumBackward0'),
  minimum: binary('MinimumBackward0'),
  fmax: binary('FmaxBackward0'),
  fmin: binary('FminBackward0'),
  logaddexp: binary('LogaddexpBackward0', { refuses: integers }),
  logaddexp2: binary('Logaddexp2Backward0', { refuses: integers }),

  // comparison
  eq: comparison,
  ne: comparison,
  lt: comparison,
  le: comparison,
  gt: comparison,
  ge: comparison,
  logicalAnd: comparison,
  logicalOr: comparison,
  logicalXor: comparison,
  logicalNot: { shapes: of([3, 4]), gradFn: null, result: truth },
} satisfies Rows
