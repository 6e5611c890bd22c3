/** Pairs of tensors, bits, the gamma family, special functions, and what kind of number an element is. */
import { tensor } from '../../src/index.ts'
import { igamma, igammac, zeta } from '../../src/ops/index.ts'
import { binary, floating, integers, like, of, type Row, type Rows, smooth, truth, unary } from './row.ts'

const predicate: Row = { shapes: of([3, 4]), gradFn: null, result: truth }
const fractions = ['float32', 'float64'] as const
const bits: Row = { shapes: of([3, 4], [4]), gradFn: null, refuses: fractions }
const shift: Row = { shapes: of([3, 4], [4]), low: 0, gradFn: null, refuses: [...fractions, 'bool'] }

export const special = {
  // pairs
  atan2: binary('Atan2Backward0', { low: 0.5, result: floating }),
  hypot: binary('HypotBackward0', { low: 0.5, refuses: integers }),
  copysign: binary('CopysignBackward0', { low: 0.5, result: floating }),
  heaviside: { shapes: of([3, 4], [4]), gradFn: null },
  xlogy: binary('XlogyBackward0', { low: 0.5, result: floating }),
  ldexp: binary('MulBackward0', { result: floating }),
  floatPower: binary('PowBackward1', { low: 0.5, result: () => 'float64' }),
  nextafter: binary('NextafterBackward0', { refuses: integers }),
  gcd: { shapes: of([3, 4], [4]), gradFn: null, refuses: [...fractions, 'bool'] },
  lcm: { shapes: of([3, 4], [4]), gradFn: null, refuses: [...fractions, 'bool'] },

  // bits
  bitwiseAnd: bits,
  bitwiseOr: bits,
  bitwiseXor: bits,
  bitwiseNot: { shapes: of([3, 4]), gradFn: null, refuses: fractions },
  bitwiseLeftShift: shift,
  bitwiseRightShift: shift,

  // the gamma family
  lgamma: smooth('LgammaBackward0', 0.5),
  digamma: smooth('DigammaBackward0', 0.5),
  polygamma: [
    { ...smooth('PolygammaBackward0', 0.5), rest: [1] },
    { ...smooth('PolygammaBackward0', 0.5), rest: [2] },
  ],
  mvlgamma: { ...smooth('MvlgammaBackward0', 2.5, 4), rest: [3], refuses: ['bool'] },
  igamma: { shapes: of([3, 4]), low: 0.5, call: (x) => igamma(like(x, 1), x), gradFn: 'IgammaBackward0', refuses: integers },
  igammac: { shapes: of([3, 4]), low: 0.5, call: (x) => igammac(like(x, 1), x), gradFn: 'IgammacBackward0', refuses: integers },
  zeta: { shapes: of([3, 4]), low: 1.2, call: (q) => zeta(like(q, 3), q), gradFn: 'SpecialZetaBackward0', result: floating },

  // special functions
  i0: smooth('I0Backward0', 0.5),
  i0e: smooth('SpecialI0EBackward0', 0.5),
  i1: smooth('SpecialI1Backward0', 0.5),
  i1e: smooth('SpecialI1EBackward0', 0.5),
  erfcx: smooth('SpecialErfcxBackward0'),
  ndtr: smooth('MulBackward0'),
  ndtri: smooth('SpecialNdtriBackward0', 0.2, 0.8),
  logNdtr: smooth('SpecialLogNdtrBackward0'),
  entr: smooth('SpecialEntrBackward0', 0.5),
  xlog1py: binary('SpecialXlog1PyBackward0', { low: 0.5, result: floating }),

  // what kind of number an element is
  isnan: predicate,
  isinf: predicate,
  isfinite: predicate,
  isposinf: predicate,
  isneginf: predicate,
  isreal: predicate,
  signbit: predicate,
  isclose: { shapes: of([3, 4], [4]), gradFn: null, result: truth },
  allclose: { shapes: of([3, 4], [4]), call: (x, y) => tensor(x.allclose(y)), gradFn: null, result: truth },
  equal: {
    shapes: of([3, 4], [3, 4]),
    call: (x, y) => tensor(x.equal(y)),
    gradFn: null,
    result: truth,
  },

  // parts
  frexp: { ...unary('FrexpBackward0'), refuses: integers },
  angle: smooth('AngleBackward0', 0.5),
  positive: { shapes: of([3, 4]), call: (x) => x.clone().positive(), gradFn: 'CloneBackward0', refuses: ['bool'] },
  real: { shapes: of([3, 4]), call: (x) => x.clone().real(), gradFn: 'CloneBackward0' },
  conj: { shapes: of([3, 4]), call: (x) => x.clone().conj(), gradFn: 'CloneBackward0' },
  conjPhysical: { shapes: of([3, 4]), call: (x) => x.clone().conjPhysical(), gradFn: 'CloneBackward0' },
} satisfies Rows
