/** Matrix products. */
import { rule } from '../autograd/node.ts'
import { kernels } from '../backend/index.ts'
import { scalarName } from '../dtype.ts'
import { NotImplementedError, RuntimeError } from '../errors.ts'
import { broadcastShapes2, contiguousStrides, numelOf, type Shape, stretchesTo } from '../layout.ts'
import { kernel, record, sumTo } from '../op.ts'
import { allocateTensor, type Tensor } from '../tensor.ts'
import { add, mul } from './arithmetic.ts'
import { expand, reshape, t, transpose, unsqueeze, view } from './view.ts'

/** Products add numbers up, which truth values are not. */
function checkNumbers(x: Tensor, kernel: string): void {
  if (x.dtype === 'bool') throw new NotImplementedError(`"${kernel}" not implemented for 'Bool'`)
}

function checkSameDType(x: Tensor, y: Tensor): void {
  if (x.dtype !== y.dtype) throw new RuntimeError(`expected m1 and m2 to have the same dtype, but got: ${dtypeWord(x)} != ${dtypeWord(y)}`)
}

const words: Readonly<Record<string, string>> = {
  Float: 'float',
  Double: 'double',
  Long: 'long',
  Int: 'int',
  Short: 'short',
  Char: 'signed char',
  Byte: 'unsigned char',
  Bool: 'bool',
}
const dtypeWord = (x: Tensor): string => words[scalarName(x.dtype)] as string

/** Runs the matrix kernel over matrices. */
function product(x: Tensor, y: Tensor): Tensor {
  const out = allocateTensor([x.shape[0] as number, y.shape[1] as number], x.dtype, false)
  kernels.matmul(x, y, out)
  return out
}

/** Whether the elements of a column stand side by side, as those of a transposed matrix do. */
const byColumns = ({ shape, strides }: Tensor): boolean => strides[0] === 1 && (strides[1] as number) >= Math.max(1, shape[0] as number)

// The gradient of a matrix is laid out as the matrix is: that of a transposed weight is then transposed too, and in order for the weight.
/** The gradient of `x` in `x @ y`. */
const leftGrad = (grad: Tensor, y: Tensor, columns: boolean): Tensor => (columns ? t(mm(y, t(grad))) : mm(grad, t(y)))

/** The gradient of `y` in `x @ y`. */
const rightGrad = (x: Tensor, grad: Tensor, columns: boolean): Tensor => (columns ? t(mm(t(grad), x)) : mm(t(x), grad))

const mmRule = /* @__PURE__ */ rule<readonly [Tensor | null, Tensor | null], readonly [boolean, boolean]>('MmBackward0', (grad, node) => {
  const [x, y] = node.saved()
  const [left, right] = node.attrs
  return [node.needs(0) ? leftGrad(grad, y as Tensor, left) : null, node.needs(1) ? rightGrad(x as Tensor, grad, right) : null]
})

/**
 * The product of two matrices.
 *
 * Shape: `[n, k]` and `[k, m]` to `[n, m]`.
 *
 * @example
 * mm(ones([2, 3]), ones([3, 4])).shape // [2, 4]
 * @throws RuntimeError unless both are matrices of fitting shapes and one dtype.
 * @see https://pytorch.org/docs/stable/generated/torch.mm.html
 */
export function mm(x: Tensor, y: Tensor): Tensor {
  if (x.ndim !== 2) throw new RuntimeError('self must be a matrix')
  if (y.ndim !== 2) throw new RuntimeError('mat2 must be a matrix')
  if (x.shape[1] !== y.shape[0])
    throw new RuntimeError(`mat1 and mat2 shapes cannot be multiplied (${x.shape.join('x')} and ${y.shape.join('x')})`)
  checkSameDType(x, y)
  checkNumbers(x, 'addmm_impl_cpu_')
  return record(product(x, y), mmRule, [x, y], [y.requiresGrad ? x : null, x.requiresGrad ? y : null], [byColumns(x), byColumns(y)])
}

const mvRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor]>('MvBackward0', (grad, node) => {
  const [x, v] = node.saved()
  return [node.needs(0) ? outer(grad, v) : null, node.needs(1) ? mv(t(x), grad) : null]
})

/**
 * The product of a matrix and a vector.
 *
 * Shape: `[n, m]` and `[m]` to `[n]`.
 *
 * @throws RuntimeError unless the shapes fit.
 * @see https://pytorch.org/docs/stable/generated/torch.mv.html
 */
export function mv(x: Tensor, vec: Tensor): Tensor {
  if (x.ndim !== 2 || vec.ndim !== 1) throw new RuntimeError(`vector + matrix @ vector expected, got ${1}, ${x.ndim}, ${vec.ndim}`)
  if (x.shape[1] !== vec.shape[0])
    throw new RuntimeError(`size mismatch, got input (${x.shape[0]}), mat (${x.shape[0]}x${x.shape[1]}), vec (${vec.shape[0]})`)
  checkSameDType(x, vec)
  checkNumbers(x, 'addmv_impl_cpu')
  const out = product(x, vec.alias([vec.shape[0] as number, 1], [vec.strides[0] as number, 0]))
  return record(out.alias([x.shape[0] as number], [1]), mvRule, [x, vec], [x, vec], undefined)
}

const dotRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor]>('DotBackward0', (grad, node) => {
  const [x, y] = node.saved()
  return [mul(grad, y), mul(grad, x)]
})

/**
 * The sum of the products of two vectors' elements.
 *
 * @throws RuntimeError unless both are vectors of one length and dtype.
 * @see https://pytorch.org/docs/stable/generated/torch.dot.html
 */
export function dot(x: Tensor, y: Tensor): Tensor {
  if (x.ndim !== 1 || y.ndim !== 1) throw new RuntimeError(`1D tensors expected, but got ${x.ndim}D and ${y.ndim}D tensors`)
  if (x.dtype !== y.dtype)
    throw new RuntimeError(`dot : expected both vectors to have same dtype, but found ${scalarName(x.dtype)} and ${scalarName(y.dtype)}`)
  if (x.shape[0] !== y.shape[0])
    throw new RuntimeError(
      `inconsistent tensor size, expected tensor [${x.shape[0]}] and src [${y.shape[0]}] to have the same number of elements, but got ${x.shape[0]} and ${y.shape[0]} elements respectively`,
    )
  checkNumbers(x, 'dot')
  const n = x.shape[0] as number
  const out = product(x.alias([1, n], [0, x.strides[0] as number]), y.alias([n, 1], [y.strides[0] as number, 0]))
  return record(out.alias([], []), dotRule, [x, y], [x, y], undefined)
}

/**
 * The products of each element of one vector with each of another.
 *
 * Shape: `[n]` and `[m]` to `[n, m]`.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.outer.html
 */
export function outer(x: Tensor, y: Tensor): Tensor {
  if (x.ndim !== 1) throw new RuntimeError(`outer: Expected 1-D argument self, but got ${x.ndim}-D`)
  if (y.ndim !== 1) throw new RuntimeError(`outer: Expected 1-D argument vec2, but got ${y.ndim}-D`)
  return mul(unsqueeze(x, 1), y)
}

const bmmRule = /* @__PURE__ */ rule<readonly [Tensor, Tensor]>('BmmBackward0', (grad, node) => {
  const [x, y] = node.saved()
  return [node.needs(0) ? bmm(grad, transpose(y, 1, 2)) : null, node.needs(1) ? bmm(transpose(x, 1, 2), grad) : null]
})

/**
 * The products of matrices, batch by batch.
 *
 * Shape: `[b, n, k]` and `[b, k, m]` to `[b, n, m]`.
 *
 * @throws RuntimeError unless the shapes fit.
 * @see https://pytorch.org/docs/stable/generated/torch.bmm.html
 */
export function bmm(x: Tensor, y: Tensor): Tensor {
  if (x.ndim !== 3) throw new RuntimeError('batch1 must be a 3D tensor')
  if (y.ndim !== 3) throw new RuntimeError('batch2 must be a 3D tensor')
  if (x.shape[0] !== y.shape[0] || x.shape[2] !== y.shape[1])
    throw new RuntimeError(
      `Expected size for first two dimensions of batch2 tensor to be: [${x.shape[0]}, ${x.shape[2]}] but got: [${y.shape[0]}, ${y.shape[1]}].`,
    )
  checkSameDType(x, y)
  checkNumbers(x, 'bmm')
  const out = allocateTensor([x.shape[0] as number, x.shape[1] as number, y.shape[2] as number], x.dtype)
  kernels.matmul(x, y, out)
  return record(out, bmmRule, [x, y], [x, y], undefined)
}

const unsafeViewRule = /* @__PURE__ */ rule<readonly [], Shape>('UnsafeViewBackward0', (grad, node) => [reshape(grad, node.attrs)])

/** A result that nobody has seen yet, in another shape: no view as far as the graph is concerned. */
const reshaped = (x: Tensor, shape: Shape, name?: string): Tensor =>
  record(x.alias(shape, contiguousStrides(shape)), unsafeViewRule, [x], [], x.shape, name)

/**
 * The matrix product of tensors of any number of dimensions: vectors are rows or columns, leading dimensions are batches and broadcast.
 *
 * @throws RuntimeError for 0-dim tensors or shapes that do not fit.
 * @see https://pytorch.org/docs/stable/generated/torch.matmul.html
 */
export function matmul(x: Tensor, y: Tensor): Tensor {
  if (x.ndim === 0 || y.ndim === 0)
    throw new RuntimeError(`both arguments to matmul need to be at least 1D, but they are ${x.ndim}D and ${y.ndim}D`)
  if (x.ndim === 1 && y.ndim === 1) return dot(x, y)
  if (x.ndim === 2 && y.ndim === 1) return mv(x, y)
  if (x.ndim === 1 && y.ndim === 2) return reshaped(mm(unsqueeze(x, 0), y), [y.shape[1] as number], 'SqueezeBackward4')
  if (x.ndim === 2 && y.ndim === 2) return mm(x, y)
  // One shared matrix on the right: a single tall product.
  if (y.ndim <= 2) {
    const k = x.shape[x.ndim - 1] as number
    const folded = reshape(x, [numelOf(x.shape.slice(0, -1)), k])
    const out = y.ndim === 2 ? mm(folded, y) : mv(folded, y)
    return reshaped(out, [...x.shape.slice(0, -1), ...y.shape.slice(1)])
  }
  const left = x.ndim === 1 ? unsqueeze(x, 0) : x
  const batches = broadcastShapes2(left.shape.slice(0, -2), y.shape.slice(0, -2))
  const flatten = (m: Tensor): Tensor => reshape(expand(m, [...batches, ...m.shape.slice(-2)]), [numelOf(batches), ...m.shape.slice(-2)])
  const out = bmm(flatten(left), flatten(y))
  const tail: Shape = x.ndim === 1 ? [y.shape[y.ndim - 1] as number] : [left.shape[left.ndim - 2] as number, y.shape[y.ndim - 1] as number]
  return reshaped(out, [...batches, ...tail])
}

/** Options of `addmm`. */
export interface AddmmOptions {
  /** A factor on what is added. */
  readonly beta?: number
  /** A factor on the product. */
  readonly alpha?: number
}

const scale = /* @__PURE__ */ kernel({ name: 'mul', forward: (x, by) => x.mul(by) })
const sum = /* @__PURE__ */ kernel({ name: 'add', forward: (x, y) => x.add(y) })
const scaledSum = /* @__PURE__ */ kernel({ name: 'add', forward: (x, y, by) => x.add(y.mul(by)) })

const addmmRule = /* @__PURE__ */ rule<
  readonly [Tensor | null, Tensor | null],
  { beta: number; alpha: number; shape: Shape; left: boolean; right: boolean }
>('AddmmBackward0', (grad, node) => {
  const [x, y] = node.saved()
  const { beta, alpha, shape, left, right } = node.attrs
  const times = (g: Tensor, by: number): Tensor => (by === 1 ? g : mul(g, by))
  return [
    node.needs(0) ? times(sumTo(grad, shape), beta) : null,
    node.needs(1) ? times(leftGrad(grad, y as Tensor, left), alpha) : null,
    node.needs(2) ? times(rightGrad(x as Tensor, grad, right), alpha) : null,
  ]
})

/**
 * `beta * input + alpha * (x @ y)`, with `input` broadcast to the product's shape.
 *
 * @throws RuntimeError unless the shapes fit.
 * @see https://pytorch.org/docs/stable/generated/torch.addmm.html
 */
export function addmm(input: Tensor, x: Tensor, y: Tensor, { beta = 1, alpha = 1 }: AddmmOptions = {}): Tensor {
  if (x.ndim !== 2) throw new RuntimeError(`mat1 must be a matrix, got ${x.ndim}-D tensor`)
  if (y.ndim !== 2) throw new RuntimeError(`mat2 must be a matrix, got ${y.ndim}-D tensor`)
  if (x.shape[1] !== y.shape[0])
    throw new RuntimeError(`mat1 and mat2 shapes cannot be multiplied (${x.shape.join('x')} and ${y.shape.join('x')})`)
  if (x.dtype !== y.dtype)
    throw new RuntimeError(`mat1 and mat2 must have the same dtype, but got ${scalarName(x.dtype)} and ${scalarName(y.dtype)}`)
  checkNumbers(x, 'addmm_impl_cpu_')
  if (input.dtype !== x.dtype)
    throw new RuntimeError(`self and mat2 must have the same dtype, but got ${scalarName(input.dtype)} and ${scalarName(y.dtype)}`)
  const out = product(x, y)
  // Whatever does not stretch to the product is refused there.
  if (!stretchesTo(input.shape, out.shape)) expand(input, out.shape)
  // In place: nobody has seen the product yet. With beta 0 not even a NaN of `input` counts.
  if (alpha !== 1) kernels.map(scale.program, out.dtype, out, [out, alpha])
  if (beta === 1) kernels.map(sum.program, out.dtype, out, [out, input])
  else if (beta !== 0) kernels.map(scaledSum.program, out.dtype, out, [out, input, beta])
  const saved = [y.requiresGrad ? x : null, x.requiresGrad ? y : null] as const
  return record(out, addmmRule, [input, x, y], saved, { beta, alpha, shape: input.shape, left: byColumns(x), right: byColumns(y) })
}

/**
 * `x @ weight.T + bias`, the map of a dense layer.
 *
 * Shape: `[..., in]`, `[out, in]` and `[out]` to `[..., out]`.
 *
 * @throws RuntimeError unless the shapes fit.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  if (x.ndim === 2 && bias !== null && weight.ndim === 2) return addmm(bias, x, t(weight))
  if (x.ndim > 2 && bias !== null && weight.ndim === 2 && x.isContiguous()) {
    const flat = addmm(bias, view(x, [numelOf(x.shape.slice(0, -1)), x.shape[x.ndim - 1] as number]), t(weight))
    return view(flat, [...x.shape.slice(0, -1), weight.shape[0] as number])
  }
  const out = matmul(x, weight.ndim === 1 ? weight : t(weight))
  return bias === null ? out : add(out, bias)
}
