/** One row per operation: shapes, domain, dtypes, the node's name. ops.test.ts makes the tests of it and is never edited to add one. */
import {
  arange,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  cat,
  type DType,
  logsigmoid,
  mseLoss,
  softplus,
  stack,
  type Tensor,
  tensor,
} from '../src/index.ts'
import type * as activation from '../src/ops/activation.ts'
import type * as ops from '../src/ops/index.ts'
import type * as join from '../src/ops/join.ts'
import type * as loss from '../src/ops/loss.ts'

/** How an operation is called in tests, and what is to be expected. */
export interface Row {
  /** Shapes of the tensors it is called with, first and foremost; all of them are varied, differentiated and cast. */
  readonly shapes: readonly (readonly number[])[]
  /** What follows the tensors. */
  readonly rest?: readonly unknown[]
  /** The call, where it is not `op(...tensors, ...rest)`. */
  readonly call?: (...xs: Tensor[]) => Tensor | Iterable<Tensor>
  /** Values lie between `low` and `high`, away from kinks and poles. Default: -2 and 2. */
  readonly low?: number
  readonly high?: number
  /** PyTorch's name of the node, or null where the operation is not differentiable. */
  readonly gradFn: string | null
  /** The dtype of the result for inputs of one dtype. Default: the same. */
  readonly result?: (d: DType) => DType
  /** The dtypes that are refused, with an error of ours. Default: none. */
  readonly refuses?: readonly DType[]
  /** What a row leaves out, with its reason. */
  readonly skip?: { readonly gradgrad?: string; readonly inplace?: string; readonly views?: string }
  /** Calls that must raise, with the first line of the message. */
  readonly errors?: readonly { readonly call: (x: typeof tensor) => unknown; readonly message: string }[]
}

const floating = (d: DType): DType => (d === 'float32' || d === 'float64' ? d : 'float32')
const truth = (): DType => 'bool'
const indices = (): DType => 'int64'
const counted = (d: DType): DType => (d === 'bool' ? 'int64' : d)
const summed = (d: DType): DType => (d === 'float32' || d === 'float64' ? d : 'int64')
const integers: readonly DType[] = ['bool', 'uint8', 'int8', 'int16', 'int32', 'int64']

/** A smooth function of one tensor that is real-valued whatever it is given. */
const smooth = (gradFn: string, low = -2, high = 2): Row => ({ shapes: [[3, 4]], low, high, gradFn, result: floating })
/** A function of one tensor that keeps the dtype. */
const unary = (gradFn: string, more: Partial<Row> = {}): Row => ({ shapes: [[3, 4]], gradFn, ...more })
/** An operation on two tensors that broadcast. */
const binary = (gradFn: string, more: Partial<Row> = {}): Row => ({ shapes: [[3, 4], [4]], gradFn, ...more })
const comparison: Row = { shapes: [[3, 4], [4]], gradFn: null, result: truth }
/** An operation that only looks at the same elements in another way. */
const look = (gradFn: string, shape: readonly number[], ...rest: unknown[]): Row => ({ shapes: [shape], rest, gradFn })

const mismatch = (a: readonly number[], b: readonly number[]): string =>
  `The size of tensor a (${a.at(-1)}) must match the size of tensor b (${b.at(-1)}) at non-singleton dimension ${a.length - 1}`
const condition = tensor([
  [true, false, true, false],
  [false, false, true, true],
  [true, true, false, false],
])

export const rows = {
  // arithmetic
  add: [
    binary('AddBackward0', { errors: [{ call: (t) => t([[1, 2, 3]]).add(t([1, 2])), message: mismatch([1, 3], [2]) }] }),
    binary('AddBackward0', { rest: [{ alpha: 3 }] }),
  ],
  sub: [binary('SubBackward0', { refuses: ['bool'] }), binary('SubBackward0', { rest: [{ alpha: 3 }], refuses: ['bool'] })],
  mul: binary('MulBackward0'),
  div: [
    binary('DivBackward0', { low: 0.5, result: floating, skip: { inplace: 'integers become floats' } }),
    binary('DivBackward2', { low: 0.5, rest: [{ roundingMode: 'floor' }], refuses: ['bool'] }),
    binary('DivBackward2', { low: 0.5, rest: [{ roundingMode: 'trunc' }], refuses: ['bool'] }),
  ],
  floorDivide: { shapes: [[3, 4], [4]], low: 0.5, gradFn: null, refuses: ['bool'] },
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
  square: unary('PowBackward0', { result: counted }),
  reciprocal: smooth('ReciprocalBackward0', 0.5),
  sqrt: smooth('SqrtBackward0', 0.5),
  rsqrt: smooth('RsqrtBackward0', 0.5),
  clamp: [
    unary('ClampBackward1', { rest: [{ min: -1, max: 1 }], result: counted }),
    { shapes: [[3, 4], [4], [4]], call: (x, low, high) => x.clamp({ min: low, max: high }), gradFn: 'ClampBackward0' },
  ],
  clampMin: [unary('ClampMinBackward0', { rest: [-1], result: counted }), binary('ClampMinBackward1')],
  clampMax: [unary('ClampMaxBackward0', { rest: [1], result: counted }), binary('ClampMaxBackward1')],
  lerp: [
    { shapes: [[3, 4], [4]], rest: [0.3], gradFn: 'LerpBackward0', refuses: integers },
    { shapes: [[3, 4], [4], [3, 1]], gradFn: 'LerpBackward1', refuses: integers },
  ],
  addcmul: { shapes: [[3, 4], [4], [3, 1]], rest: [{ value: 2 }], gradFn: 'AddcmulBackward0', refuses: ['bool'] },
  addcdiv: { shapes: [[3, 4], [4], [3, 1]], rest: [{ value: 2 }], low: 0.5, gradFn: 'AddcdivBackward0', refuses: integers },
  maximum: binary('MaximumBackward0'),
  minimum: binary('MinimumBackward0'),
  fmax: binary('FmaxBackward0'),
  fmin: binary('FminBackward0'),

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
  logicalNot: { shapes: [[3, 4]], gradFn: null, result: truth },
  isnan: { shapes: [[3, 4]], gradFn: null, result: truth },
  isinf: { shapes: [[3, 4]], gradFn: null, result: truth },
  isfinite: { shapes: [[3, 4]], gradFn: null, result: truth },
  signbit: { shapes: [[3, 4]], gradFn: null, result: truth },

  // functions of one variable
  exp: smooth('ExpBackward0'),
  exp2: smooth('Exp2Backward0'),
  expm1: smooth('Expm1Backward0'),
  log: smooth('LogBackward0', 0.5),
  log2: smooth('Log2Backward0', 0.5),
  log10: smooth('Log10Backward0', 0.5),
  log1p: smooth('Log1PBackward0', -0.5),
  sin: smooth('SinBackward0'),
  cos: smooth('CosBackward0'),
  tan: smooth('TanBackward0', -1, 1),
  asin: smooth('AsinBackward0', -0.8, 0.8),
  acos: smooth('AcosBackward0', -0.8, 0.8),
  atan: smooth('AtanBackward0'),
  sinh: smooth('SinhBackward0'),
  cosh: smooth('CoshBackward0'),
  tanh: smooth('TanhBackward0'),
  asinh: smooth('AsinhBackward0'),
  acosh: smooth('AcoshBackward0', 1.2, 3),
  atanh: smooth('AtanhBackward0', -0.8, 0.8),
  erf: smooth('ErfBackward0'),
  erfc: smooth('ErfcBackward0'),
  erfinv: smooth('ErfinvBackward0', -0.8, 0.8),
  sigmoid: smooth('SigmoidBackward0'),
  logit: [smooth('LogitBackward0', 0.2, 0.8), { ...smooth('LogitBackward0', 0.2, 0.8), rest: [{ eps: 0.1 }] }],
  lgamma: smooth('LgammaBackward0', 0.5),
  digamma: smooth('DigammaBackward0', 0.5),
  sinc: smooth('SincBackward0', 0.2),
  deg2rad: smooth('Deg2RadBackward0'),
  rad2deg: smooth('Rad2DegBackward0'),
  relu: unary('ReluBackward0', { refuses: ['bool'] }),
  floor: unary('FloorBackward0', { refuses: ['bool'] }),
  ceil: unary('CeilBackward0', { refuses: ['bool'] }),
  trunc: unary('TruncBackward0', { refuses: ['bool'] }),
  round: [unary('RoundBackward0', { refuses: ['bool'] }), unary('RoundBackward1', { rest: [{ decimals: 2 }], refuses: integers })],
  frac: unary('FracBackward0', { refuses: integers }),

  // reductions
  sum: [
    { shapes: [[3, 4]], gradFn: 'SumBackward0', result: summed },
    { shapes: [[3, 4]], rest: [1], gradFn: 'SumBackward1', result: summed },
    { shapes: [[2, 3, 4]], rest: [[0, -1], { keepdim: true }], gradFn: 'SumBackward1', result: summed },
    { shapes: [[3, 4]], rest: [{ dim: 0, dtype: 'float64' }], gradFn: 'SumBackward1', result: () => 'float64' },
  ],
  mean: [
    { shapes: [[3, 4]], gradFn: 'MeanBackward0', refuses: integers },
    { shapes: [[3, 4]], rest: [0, { keepdim: true }], gradFn: 'MeanBackward1', refuses: integers },
  ],
  max: [
    unary('MaxBackward1'),
    { shapes: [[3, 4]], rest: [1], gradFn: 'MaxBackward0' },
    { shapes: [[3, 4], [4]], gradFn: 'MaximumBackward0' },
  ],
  min: [
    unary('MinBackward1'),
    { shapes: [[3, 4]], rest: [{ dim: 0, keepdim: true }], gradFn: 'MinBackward0' },
    { shapes: [[3, 4], [4]], gradFn: 'MinimumBackward0' },
  ],
  amax: [unary('AmaxBackward0'), unary('AmaxBackward0', { rest: [[1], { keepdim: true }] })],
  amin: [unary('AminBackward0'), unary('AminBackward0', { rest: [0] })],
  argmax: [
    { shapes: [[3, 4]], gradFn: null, result: indices, refuses: ['bool'] },
    { shapes: [[3, 4]], rest: [1, { keepdim: true }], gradFn: null, result: indices, refuses: ['bool'] },
  ],
  argmin: [
    { shapes: [[3, 4]], gradFn: null, result: indices, refuses: ['bool'] },
    { shapes: [[3, 4]], rest: [0], gradFn: null, result: indices, refuses: ['bool'] },
  ],
  any: { shapes: [[3, 4]], rest: [1], gradFn: null, result: (d) => (d === 'uint8' ? 'uint8' : 'bool') },
  all: { shapes: [[3, 4]], gradFn: null, result: (d) => (d === 'uint8' ? 'uint8' : 'bool') },

  // views and copies
  view: { ...look('ViewBackward0', [3, 4], [2, 6]), skip: { views: 'a view of one exists only for some strides' } },
  viewAs: {
    shapes: [[3, 4]],
    call: (x) => x.viewAs(x.detach().view([6, 2])),
    gradFn: 'ViewBackward0',
    skip: { views: 'a view of one exists only for some strides' },
  },
  reshape: look('ViewBackward0', [3, 4], [-1]),
  reshapeAs: { shapes: [[3, 4]], call: (x) => x.reshapeAs(x.detach().reshape([6, 2])), gradFn: 'ViewBackward0' },
  flatten: look('ViewBackward0', [2, 3, 4], 1),
  ravel: look('ViewBackward0', [3, 4]),
  unflatten: look('ViewBackward0', [3, 4], 1, [2, 2]),
  expand: look('ExpandBackward0', [3, 1], [2, 3, 4]),
  expandAs: { shapes: [[3, 1]], call: (x) => x.expandAs(condition), gradFn: 'ExpandBackward0' },
  permute: look('PermuteBackward0', [2, 3, 4], [2, 0, 1]),
  transpose: look('TransposeBackward0', [2, 3, 4], 0, -1),
  movedim: look('PermuteBackward0', [2, 3, 4], 0, 2),
  t: look('TBackward0', [3, 4]),
  squeeze: [
    look('SqueezeBackward0', [3, 1, 4, 1]),
    look('SqueezeBackward1', [3, 1, 4, 1], 1),
    look('SqueezeBackward2', [3, 1, 4, 1], [1, 3]),
  ],
  unsqueeze: look('UnsqueezeBackward0', [3, 4], -1),
  select: look('SelectBackward0', [3, 4], 1, -2),
  slice: look('SliceBackward0', [5, 4], 0, 1, 5, 2),
  narrow: look('SliceBackward0', [5, 4], 0, 1, 3),
  split: [look('SplitBackward0', [5, 4], 2), look('SplitWithSizesBackward0', [5, 4], [1, 4])],
  chunk: look('SplitBackward0', [5, 4], 2, 1),
  unbind: look('UnbindBackward0', [3, 4], 1),
  asStrided: { ...look('AsStridedBackward0', [3, 4], [2, 2], [5, 1], 1), skip: { views: 'it looks at memory and not at elements' } },
  contiguous: { shapes: [[3, 4]], call: (x) => x.t().contiguous(), gradFn: 'CloneBackward0' },
  clone: look('CloneBackward0', [3, 4]),

  // indexing
  indexSelect: { shapes: [[3, 4]], call: (x) => x.indexSelect(1, tensor([0n, 3n, 0n])), gradFn: 'IndexSelectBackward0' },
  gather: {
    shapes: [[3, 4]],
    call: (x) =>
      x.gather(
        1,
        tensor([
          [0n, 3n],
          [1n, 1n],
          [2n, 0n],
        ]),
      ),
    gradFn: 'GatherBackward0',
    errors: [
      { call: (t) => t([[1, 2]]).gather(1, arange(1)), message: 'Index tensor must have the same number of dimensions as input tensor' },
    ],
  },
  where: { shapes: [[3, 4], [4]], call: (x, y) => x.where(condition, y), gradFn: 'WhereBackward0' },

  // matrices
  mm: {
    shapes: [
      [3, 4],
      [4, 2],
    ],
    gradFn: 'MmBackward0',
    refuses: ['bool'],
    errors: [{ call: (t) => t([[1, 2, 3]]).mm(t([[1, 2]])), message: 'mat1 and mat2 shapes cannot be multiplied (1x3 and 1x2)' }],
  },
  mv: { shapes: [[3, 4], [4]], gradFn: 'MvBackward0', refuses: ['bool'] },
  dot: { shapes: [[4], [4]], gradFn: 'DotBackward0', refuses: ['bool'] },
  outer: { shapes: [[3], [4]], gradFn: 'MulBackward0' },
  bmm: {
    shapes: [
      [2, 3, 4],
      [2, 4, 2],
    ],
    gradFn: 'BmmBackward0',
    refuses: ['bool'],
  },
  matmul: [
    {
      shapes: [
        [3, 4],
        [4, 2],
      ],
      gradFn: 'MmBackward0',
      refuses: ['bool'],
    },
    { shapes: [[4], [4]], gradFn: 'DotBackward0', refuses: ['bool'] },
    { shapes: [[3, 4], [4]], gradFn: 'MvBackward0', refuses: ['bool'] },
    { shapes: [[4], [4, 2]], gradFn: 'SqueezeBackward4', refuses: ['bool'] },
    {
      shapes: [
        [2, 3, 4],
        [4, 2],
      ],
      gradFn: 'UnsafeViewBackward0',
      refuses: ['bool'],
    },
    {
      shapes: [
        [2, 1, 3, 4],
        [2, 4, 2],
      ],
      gradFn: 'UnsafeViewBackward0',
      refuses: ['bool'],
    },
  ],
  addmm: { shapes: [[2], [3, 4], [4, 2]], rest: [{ beta: 2, alpha: 3 }], gradFn: 'AddmmBackward0', refuses: ['bool'] },
  linear: [
    { shapes: [[3, 4], [2, 4], [2]], gradFn: 'AddmmBackward0', refuses: ['bool'] },
    {
      shapes: [
        [3, 4],
        [2, 4],
      ],
      gradFn: 'MmBackward0',
      refuses: ['bool'],
    },
    { shapes: [[2, 3, 4], [2, 4], [2]], gradFn: 'ViewBackward0', refuses: ['bool'] },
    { shapes: [[4], [2, 4], [2]], gradFn: 'AddBackward0', refuses: ['bool'] },
  ],
} satisfies Record<keyof typeof ops, Row | readonly Row[]>

/** A constant in the shape and dtype of `x`. */
const like = (x: Tensor, value: number): Tensor => x.detach().mul(0).add(value)

const loss2 = {
  shapes: [
    [3, 4],
    [3, 4],
  ],
  refuses: integers,
  result: floating,
} as const

/** The operations that are functions only. */
export const functionRows = {
  cat: [
    {
      shapes: [
        [3, 4],
        [3, 2],
      ],
      call: (x, y) => cat([x, y], 1),
      gradFn: 'CatBackward0',
    },
    {
      shapes: [[3, 4], [0]],
      call: (x, y) => cat([x, y, x]),
      gradFn: 'CatBackward0',
      skip: { views: 'an empty tensor has no other layout' },
    },
  ],
  stack: {
    shapes: [
      [3, 4],
      [3, 4],
    ],
    call: (x, y) => stack([x, y], -1),
    gradFn: 'StackBackward0',
  },
  softplus: [
    { shapes: [[3, 4]], call: (x) => softplus(x), gradFn: 'SoftplusBackward0', refuses: integers },
    { shapes: [[3, 4]], call: (x) => softplus(x, { beta: 3, threshold: 2 }), gradFn: 'SoftplusBackward0', refuses: integers },
  ],
  logsigmoid: { shapes: [[3, 4]], call: (x) => logsigmoid(x), gradFn: 'LogSigmoidBackward0', refuses: integers },
  mseLoss: [
    { ...loss2, call: (x, y) => mseLoss(x, y), gradFn: 'MseLossBackward0' },
    { ...loss2, call: (x, y) => mseLoss(x, y, { reduction: 'sum' }), gradFn: 'MseLossBackward0' },
    { ...loss2, call: (x, y) => mseLoss(x, y, { reduction: 'none' }), gradFn: 'MseLossBackward0' },
  ],
  binaryCrossEntropy: [
    { ...loss2, low: 0.2, high: 0.8, call: (x, y) => binaryCrossEntropy(x, y), gradFn: 'BinaryCrossEntropyBackward0' },
    {
      ...loss2,
      low: 0.2,
      high: 0.8,
      call: (x, y) => binaryCrossEntropy(x, y, { weight: like(x, 0.5), reduction: 'sum' }),
      gradFn: 'BinaryCrossEntropyBackward0',
    },
  ],
  binaryCrossEntropyWithLogits: [
    { ...loss2, call: (x, y) => binaryCrossEntropyWithLogits(x, y.sigmoid()), gradFn: 'BinaryCrossEntropyWithLogitsBackward0' },
    {
      ...loss2,
      call: (x, y) => binaryCrossEntropyWithLogits(x, y.sigmoid(), { posWeight: like(x, 2), reduction: 'none' }),
      gradFn: 'BinaryCrossEntropyWithLogitsBackward0',
    },
  ],
} satisfies Record<
  keyof typeof join | keyof typeof activation | Exclude<keyof typeof loss, 'checkReduction' | 'reduced'>,
  Row | readonly Row[]
>
