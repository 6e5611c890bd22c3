/** Eigenvalues and eigenvectors of symmetric matrices. */
import { noGrad } from '../autograd/mode.ts'
import { ruleAll } from '../autograd/node.ts'
import { RuntimeError } from '../errors.ts'
import { eigh as algorithm } from '../matrix/eigh.ts'
import { recordAll } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { namedTuple } from '../tuple.ts'
import { add, div, mul, sub } from './arithmetic.ts'
import { matmul } from './linalg.ts'
import { batchOf, checkSquare, eachMatrix, fromDoubles, identity, mT } from './linalg-batch.ts'
import { unsqueeze } from './view.ts'

/** Eigenvalues and eigenvectors. */
export type EighResult = { readonly eigenvalues: Tensor; readonly eigenvectors: Tensor } & Iterable<Tensor>

const eighRule = /* @__PURE__ */ ruleAll<readonly [L: Tensor, V: Tensor], undefined>('LinalgEighBackward0', ([gL, gV], node) => {
  const [L, V] = node.saved()
  const eye = identity(L.shape[L.ndim - 1] as number, L)
  let inner: Tensor | null = gL ? mul(unsqueeze(gL, -1), eye) : null
  if (gV) {
    const gaps = add(sub(unsqueeze(L, -2), unsqueeze(L, -1)), eye)
    const turned = mul(div(matmul(mT(V), gV), gaps), sub(1, eye))
    inner = inner === null ? turned : add(inner, turned)
  }
  return [inner === null ? null : matmul(matmul(V, inner), mT(V))]
})

/** Options of `linalg.eigh`. */
export interface EighOptions {
  /** Which triangle of the matrix is read (`L`). */
  readonly UPLO?: 'L' | 'U'
}

function decompose(A: Tensor, name: string, UPLO: string): [L: Tensor, V: Tensor] {
  checkSquare(A, name)
  if (!/^[lu]$/i.test(UPLO)) throw new RuntimeError(`Expected UPLO argument to be 'L' or 'U', but got ${UPLO}`)
  const { batches, count, rows: n } = batchOf(A)
  const outs = [new Float64Array(count * n), new Float64Array(count * n * n)] as const
  const isLower = UPLO.toUpperCase() === 'L'
  eachMatrix(
    noGrad(() => A),
    count === 0 ? [] : outs,
    (matrix, [values, vectors]) => {
      for (let i = 0; i < n; i++)
        for (let j = 0; j < i; j++)
          if (isLower) matrix[j * n + i] = matrix[i * n + j] as number
          else matrix[i * n + j] = matrix[j * n + i] as number
      const d = algorithm(matrix, n)
      values?.set(d.values)
      vectors?.set(d.V)
    },
  )
  const L = fromDoubles(outs[0], [...batches, n], A)
  const V = fromDoubles(outs[1], A.shape, A)
  recordAll([L, V], eighRule, [A], [L, V], undefined)
  return [L, V]
}

/**
 * The eigenvalues of symmetric matrices, from the least up, and their eigenvectors in columns.
 *
 * The signs of the vectors are not determined, and may differ from PyTorch's.
 *
 * @throws RuntimeError unless the matrices are square.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.eigh.html
 */
export function eigh(A: Tensor, { UPLO = 'L' }: EighOptions = {}): EighResult {
  const [eigenvalues, eigenvectors] = decompose(A, 'linalg.eigh', UPLO)
  return namedTuple({ eigenvalues, eigenvectors })
}

/**
 * The eigenvalues of symmetric matrices, from the least up.
 *
 * @throws RuntimeError unless the matrices are square.
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.eigvalsh.html
 */
export function eigvalsh(A: Tensor, { UPLO = 'L' }: EighOptions = {}): Tensor {
  return decompose(A, 'linalg.eigvalsh', UPLO)[0]
}
