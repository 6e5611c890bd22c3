/** Decompositions and what is made of them. */
import { eye, linalg, type Tensor } from '../../src/index.ts'
import { integers, of, type Row, type Rows, summed } from './row.ts'

/** A symmetric positive definite matrix that depends smoothly on `x`. */
const definite = (x: Tensor): Tensor => x.mm(x.t()).add(eye(x.shape[0] as number, { dtype: x.dtype }))
/** A well-conditioned matrix that depends smoothly on `x`. */
const regular = (x: Tensor): Tensor => x.add(eye(x.shape[0] as number, { dtype: x.dtype }).mul(4))

/** A function of one matrix, floating point only. */
const of1 = (call: Row['call'] & {}, gradFn: string, more: Partial<Row> = {}): Row => ({
  shapes: of([3, 3]),
  call,
  gradFn,
  refuses: integers,
  ...more,
})

export const linearAlgebra = {
  cholesky: [
    of1((x) => definite(x).cholesky(), 'CholeskyBackward0'),
    of1((x) => definite(x).cholesky({ upper: true }), 'CholeskyBackward0'),
  ],
  choleskyInverse: of1((x) => regular(x).tril().choleskyInverse(), 'CholeskyInverseBackward0'),
  choleskySolve: of1((b, x) => b.choleskySolve(regular(x).tril()), 'CholeskySolveBackward0', { shapes: of([3, 2], [3, 3]) }),
  triangularSolve: of1((b, x) => b.triangularSolve(regular(x)), 'TriangularSolveBackward0', { shapes: of([3, 2], [3, 3]) }),
  det: of1((x) => regular(x).det(), 'LinalgDetBackward0'),
  slogdet: of1((x) => regular(x).slogdet(), 'LinalgSlogdetBackward0'),
  logdet: of1((x) => definite(x).logdet(), 'WhereBackward0'),
  inverse: of1((x) => regular(x).inverse(), 'LinalgInvExBackward0'),
  pinverse: of1((x) => x.pinverse(), 'LinalgPinvBackward0', { shapes: of([4, 3]) }),
  matrixExp: of1((x) => x.matrixExp(), 'LinalgMatrixExpBackward0'),
  matrixPower: of1((x) => x.matrixPower(3), 'MmBackward0', { refuses: ['bool'] }),
  qr: of1((x) => x.qr(), 'LinalgQrBackward0', { shapes: of([4, 3]) }),
  svd: of1((x) => x.svd(), 'LinalgSvdBackward0', { shapes: of([4, 3]), skip: { views: 'equal rows have no gradient' } }),
} satisfies Rows

/** What stands in the namespace `linalg` only. */
export const linalgRows = {
  'linalg.cholesky': of1((x) => linalg.cholesky(definite(x)), 'LinalgCholeskyExBackward0'),
  'linalg.choleskyEx': of1((x) => linalg.choleskyEx(definite(x)).L, 'LinalgCholeskyExBackward0'),
  'linalg.cond': of1((x) => linalg.cond(regular(x), { p: 'fro' }), 'MulBackward0'),
  'linalg.cross': { shapes: of([2, 3], [2, 3]), call: (x, y) => linalg.cross(x, y), gradFn: 'LinalgCrossBackward0', refuses: ['bool'] },
  'linalg.diagonal': { shapes: of([2, 3, 3]), call: (x) => linalg.diagonal(x), gradFn: 'DiagonalBackward0' },
  'linalg.eigh': of1((x) => linalg.eigh(x.add(x.t())).eigenvalues, 'LinalgEighBackward0', {
    skip: { views: 'equal rows have no gradient' },
  }),
  'linalg.eigvalsh': of1((x) => linalg.eigvalsh(x.add(x.t())), 'LinalgEighBackward0', { skip: { views: 'equal rows have no gradient' } }),
  'linalg.householderProduct': of1((x, tau) => linalg.householderProduct(x, tau), 'SubBackward0', { shapes: of([4, 3], [3]) }),
  'linalg.inv': of1((x) => linalg.inv(regular(x)), 'LinalgInvExBackward0'),
  'linalg.invEx': of1((x) => linalg.invEx(regular(x)).inverse, 'LinalgInvExBackward0'),
  'linalg.lstsq': of1((x, b) => linalg.lstsq(x, b).solution, 'MmBackward0', {
    shapes: of([4, 3], [4, 2]),
    skip: { views: 'equal rows have no gradient' },
  }),
  'linalg.lu': of1((x) => [...linalg.lu(regular(x))].slice(1), 'LinalgLuBackward0'),
  'linalg.luFactor': of1((x) => linalg.luFactor(regular(x)).LU, 'LinalgLuFactorExBackward0'),
  'linalg.luSolve': of1(
    (x, b) => {
      const { LU, pivots } = linalg.luFactor(regular(x))
      return linalg.luSolve(LU, pivots, b)
    },
    'LinalgSolveTriangularBackward0',
    { shapes: of([3, 3], [3, 2]) },
  ),
  'linalg.matrixNorm': [
    of1((x) => linalg.matrixNorm(x), 'LinalgVectorNormBackward0', { shapes: of([4, 3]) }),
    of1((x) => linalg.matrixNorm(x, { ord: 1 }), 'AmaxBackward0', {
      shapes: of([4, 3]),
      skip: { views: 'ties are shared in another way' },
    }),
    of1((x) => linalg.matrixNorm(x, { ord: 'nuc' }), 'SumBackward1', {
      shapes: of([4, 3]),
      skip: { views: 'equal rows have no gradient' },
    }),
  ],
  'linalg.matrixRank': { shapes: of([4, 3]), call: (x) => linalg.matrixRank(x), gradFn: null, refuses: integers, result: () => 'int64' },
  'linalg.multiDot': {
    shapes: of([2, 3], [3, 4], [4, 2]),
    call: (x, y, z) => linalg.multiDot([x, y, z]),
    gradFn: 'ViewBackward0',
    refuses: ['bool'],
  },
  'linalg.norm': of1((x) => linalg.norm(x, { ord: 3, dim: 1 }), 'LinalgVectorNormBackward0', { shapes: of([3, 4]) }),
  'linalg.pinv': of1((x) => linalg.pinv(x), 'LinalgPinvBackward0', { shapes: of([3, 4]) }),
  'linalg.qr': of1((x) => linalg.qr(x), 'LinalgQrBackward0', { shapes: of([3, 4]), skip: { views: 'equal rows have no gradient' } }),
  'linalg.solve': [
    of1((x, b) => linalg.solve(regular(x), b), 'LinalgSolveExBackward0', { shapes: of([3, 3], [3, 2]) }),
    of1((x, b) => linalg.solve(regular(x), b), 'SqueezeBackward1', { shapes: of([3, 3], [3]) }),
  ],
  'linalg.solveTriangular': [
    of1((x, b) => linalg.solveTriangular(regular(x), b, { upper: true }), 'LinalgSolveTriangularBackward0', {
      shapes: of([3, 3], [3, 2]),
    }),
    of1((x, b) => linalg.solveTriangular(regular(x), b, { upper: false, left: false }), 'LinalgSolveTriangularBackward0', {
      shapes: of([3, 3], [2, 3]),
    }),
  ],
  'linalg.svdvals': of1((x) => linalg.svdvals(x), 'LinalgSvdBackward0', {
    shapes: of([3, 4]),
    skip: { views: 'equal rows have no gradient' },
  }),
  'linalg.tensorinv': of1((x) => linalg.tensorinv(regular(x).reshape([3, 3, 1]), { ind: 1 }), 'ViewBackward0'),
  'linalg.tensorsolve': of1((x, b) => linalg.tensorsolve(regular(x), b), 'ViewBackward0', { shapes: of([3, 3], [3]) }),
  'linalg.vander': { shapes: of([2, 3]), call: (x) => linalg.vander(x), gradFn: 'CatBackward0', result: summed },
  'linalg.vecdot': { shapes: of([2, 3], [3]), call: (x, y) => linalg.vecdot(x, y), gradFn: 'SumBackward1', refuses: integers },
  'linalg.vectorNorm': [
    of1((x) => linalg.vectorNorm(x, { ord: 3 }), 'LinalgVectorNormBackward0', { shapes: of([3, 4]) }),
    of1((x) => linalg.vectorNorm(x, { ord: 1.5, dim: 1 }), 'LinalgVectorNormBackward0', { shapes: of([3, 4]), low: 0.3 }),
    of1((x) => linalg.vectorNorm(x, { ord: Number.POSITIVE_INFINITY, dim: 0 }), 'LinalgVectorNormBackward0', {
      shapes: of([3, 4]),
      skip: { views: 'ties are shared in another way' },
    }),
  ],
} satisfies Rows
