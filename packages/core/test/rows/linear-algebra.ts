/** Decompositions and what is made of them. */
import { eye, type Tensor } from '../../src/index.ts'
import { integers, of, type Row, type Rows } from './row.ts'

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
