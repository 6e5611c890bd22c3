/** Running sums and products. Every operation here has an in-place form: its name with an underscore. */
import { type Rule, rule } from '../autograd/node.ts'
import type { Scan } from '../backend/backend.ts'
import { kernels } from '../backend/index.ts'
import { type DType, isFloat } from '../dtype.ts'
import { normalizeDim } from '../layout.ts'
import { castTo, record, sumTo } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { add, div, mul } from './arithmetic.ts'
import { flip } from './flip.ts'
import { lift } from './indexing.ts'
import { cat } from './join.ts'
import { narrow } from './slice.ts'

/** Runs a scan kernel. */
export function scanned(kind: Scan, x: Tensor, dim: number): Tensor {
  const out = allocateTensor(x.shape, x.dtype)
  if (x.numel() > 0) kernels.scan(kind, lift(x), dim, lift(out))
  return out
}

/** A scan that runs from the end. */
export const reversed = (f: (x: Tensor, dim: number) => Tensor, x: Tensor, dim: number): Tensor =>
  x.ndim === 0 ? x : flip(f(flip(x, dim), dim), dim)

/** Options of `cumsum` and `cumprod`. */
export interface ScanOptions {
  /** Convert to this dtype first. */
  readonly dtype?: DType | undefined
}

/** The input in the dtype that its sums have. */
const summable = (x: Tensor, dtype: DType | undefined): Tensor => castTo(x, dtype ?? (isFloat(x.dtype) ? x.dtype : 'int64'))

const cumsumRule: Rule<readonly [], number> = /* @__PURE__ */ rule('CumsumBackward0', (grad, node) => [reversed(cumsum, grad, node.attrs)])

/**
 * The sums of all elements up to each one along `dim`.
 *
 * Dtypes: integers and truth values sum to `int64`.
 *
 * @example
 * tensor([1, 2, 3]).cumsum(0) // tensor([1., 3., 6.])
 * @see https://pytorch.org/docs/stable/generated/torch.cumsum.html
 */
export function cumsum(x: Tensor, dim: number, { dtype }: ScanOptions = {}): Tensor {
  const at = normalizeDim(dim, x.ndim)
  const from = summable(x, dtype)
  return record(scanned('cumsum', from, at), cumsumRule, [from], [], at)
}

const cumprodRule: Rule<readonly [Tensor, Tensor], number> = /* @__PURE__ */ rule('CumprodBackward0', (grad, node) => {
  const [x, out] = node.saved()
  const dim = node.attrs
  if (x.numel() <= 1 || x.shape[dim] === 1) return [grad]
  const count = allocateTensor([], 'int64')
  kernels.reduce(
    'countNonzero',
    x,
    count.alias(
      x.shape,
      x.shape.map(() => 0),
    ),
  )
  return [count.item() < x.numel() ? withoutDivision(grad, x, out, dim) : div(reversed(cumsum, mul(grad, out), dim), x)]
})

/** For each element the products without it that follow, from the products before it and those after: right where elements are zero too. */
function withoutDivision(grad: Tensor, x: Tensor, out: Tensor, dim: number): Tensor {
  const n = x.shape[dim] as number
  const parts = Array.from({ length: n }, (_, k) => {
    const before = k === 0 ? null : narrow(out, dim, k - 1, 1)
    const rest = n - k - 1
    const after = rest === 0 ? null : cumprod(narrow(x, dim, k + 1, rest), dim)
    const own = narrow(grad, dim, k, 1)
    const direct = before === null ? own : mul(own, before)
    if (after === null) return direct
    const others = mul(narrow(grad, dim, k + 1, rest), before === null ? after : mul(before, after))
    const sums = sumTo(
      others,
      others.shape.map((m, d) => (d === dim ? 1 : m)),
    )
    return add(direct, sums)
  })
  return cat(parts, dim)
}

/**
 * The products of all elements up to each one along `dim`.
 *
 * Dtypes: integers and truth values multiply to `int64`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.cumprod.html
 */
export function cumprod(x: Tensor, dim: number, { dtype }: ScanOptions = {}): Tensor {
  const at = normalizeDim(dim, x.ndim)
  const from = summable(x, dtype)
  const out = scanned('cumprod', from, at)
  return record(out, cumprodRule, [from], [from, out], at)
}
