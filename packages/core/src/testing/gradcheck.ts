/** Checks gradients against central differences. */
import { grad } from '../autograd/engine.ts'
import { tensor } from '../create.ts'
import { type DType, isFloat } from '../dtype.ts'
import { RuntimeError, ValueError, warn } from '../errors.ts'
import { Mt19937 } from '../random/mt19937.ts'
import { Tensor } from '../tensor.ts'

/** Raised where a gradient is wrong, as PyTorch's `GradcheckError`. */
export class GradcheckError extends RuntimeError {
  override name = 'GradcheckError'
}

/** A function of tensors whose gradient is checked; it must give the same result each time. */
export type GradcheckFunction = (...inputs: Tensor[]) => Tensor | Iterable<Tensor>

/** Options of `gradcheck`. */
export interface GradcheckOptions {
  /** How far the inputs are moved for the differences. Default: 1e-6. */
  readonly eps?: number | undefined
  /** Absolute tolerance. Default: 1e-5. */
  readonly atol?: number | undefined
  /** Relative tolerance. Default: 1e-3. */
  readonly rtol?: number | undefined
  /** Throw where the check fails, instead of returning false. Default: true. */
  readonly raiseException?: boolean | undefined
  /** How much two runs of the same backward may differ. Default: 0. */
  readonly nondetTol?: number | undefined
  /** Compare one random projection of each Jacobian instead of every entry: two evaluations per input, whatever its size. Default: false. */
  readonly fastMode?: boolean | undefined
}

type Limits = Required<{ [K in keyof GradcheckOptions]: NonNullable<GradcheckOptions[K]> }>

/** A Jacobian transposed, as PyTorch has it: one row per element of the input, one column per element of the output. */
interface Jacobian {
  readonly rows: number
  readonly columns: number
  readonly dtype: DType
  readonly values: Float64Array
}

const jacobian = (input: Tensor, output: Tensor): Jacobian => ({
  rows: input.numel(),
  columns: output.numel(),
  dtype: output.dtype,
  values: new Float64Array(input.numel() * output.numel()),
})

const toTensor = ({ rows, columns, dtype, values }: Jacobian): Tensor => tensor(values, { dtype, shape: [rows, columns] })

const outputsOf = (fn: GradcheckFunction, inputs: readonly Tensor[]): Tensor[] => {
  const result = fn(...inputs)
  return result instanceof Tensor ? [result] : [...result]
}

const valuesOf = (t: Tensor): Float64Array => Float64Array.from(t.toArray(), Number)

/** Where each element of `x` stands in memory, in row-major order. */
function places(x: Tensor): number[] {
  let out = [x.offset]
  x.shape.forEach((n, d) => {
    out = out.flatMap((at) => Array.from({ length: n }, (_, i) => at + i * (x.strides[d] as number)))
  })
  return out
}

const differentiable = (t: Tensor): boolean => isFloat(t.dtype) && t.requiresGrad

function checkInputs(inputs: readonly Tensor[]): Tensor[] {
  const wanted = inputs.filter((x) => x.requiresGrad)
  if (wanted.length === 0)
    throw new ValueError('gradcheck expects at least one input tensor to require gradient, but none of the them have requires_grad=True.')
  inputs.forEach((x, i) => {
    if (!x.requiresGrad) return
    if (x.dtype !== 'float64')
      warn(
        `Input #${i} requires gradient and is not a double precision floating point or complex. This check will likely fail if all the inputs are not of double precision floating point or complex. `,
      )
    if (x.shape.some((n, d) => n > 1 && x.strides[d] === 0))
      throw new RuntimeError(
        `The ${i}th input has a dimension with stride 0. gradcheck only supports inputs that are non-overlapping to be able to compute the numerical gradients correctly. You should call .contiguous on the input before passing it to gradcheck.`,
      )
  })
  return wanted
}

/** `f` evaluated with each element of `x` in `moves` moved by as much, and put back after; past the version counters, as nothing recorded is used after. */
function moved(x: Tensor, at: readonly number[], by: readonly number[], f: () => Float64Array): Float64Array {
  const { data } = x.storage
  const before = at.map((i) => data[i] as number)
  at.forEach((i, k) => {
    data[i] = (before[k] as number) + (by[k] as number)
  })
  try {
    return f()
  } finally {
    at.forEach((i, k) => {
      data[i] = before[k] as number
    })
  }
}

/** The central difference of output `o` as the elements of `x` at `at` move along `direction`. */
function difference(
  fn: GradcheckFunction,
  inputs: readonly Tensor[],
  o: number,
  x: Tensor,
  at: readonly number[],
  direction: readonly number[],
  eps: number,
): Float64Array {
  const run = (step: number): Float64Array =>
    moved(
      x,
      at,
      direction.map((u) => step * u),
      () => valuesOf(outputsOf(fn, inputs)[o] as Tensor),
    )
  const below = run(-eps)
  const above = run(eps)
  const round = x.dtype === 'float32' ? Math.fround : (v: number) => v
  return above.map((v, i) => round(round(v - (below[i] as number)) / (2 * eps)))
}

function numericalJacobian(fn: GradcheckFunction, inputs: readonly Tensor[], o: number, output: Tensor, x: Tensor, eps: number): Jacobian {
  const j = jacobian(x, output)
  places(x).forEach((at, row) => {
    j.values.set(difference(fn, inputs, o, x, [at], [1], eps), row * j.columns)
  })
  return j
}

const pull = (output: Tensor, wanted: readonly Tensor[], cotangent: Float64Array): (Tensor | null)[] =>
  grad(output, wanted, {
    gradOutputs: tensor(cotangent, { dtype: output.dtype, shape: output.shape }),
    retainGraph: true,
    allowUnused: true,
  })

function analyticalJacobians(output: Tensor, wanted: readonly Tensor[]): Jacobian[] {
  const jacobians = wanted.map((x) => jacobian(x, output))
  for (let column = 0; column < output.numel(); column++) {
    const cotangent = new Float64Array(output.numel())
    cotangent[column] = 1
    pull(output, wanted, cotangent).forEach((g, i) => {
      if (g === null) return
      const j = jacobians[i] as Jacobian
      valuesOf(g).forEach((v, row) => {
        j.values[row * j.columns + column] = v
      })
    })
  }
  return jacobians
}

const near = (a: number, n: number, { atol, rtol }: Limits): boolean =>
  a === n || (Number.isNaN(a) && Number.isNaN(n)) || Math.abs(a - n) <= atol + rtol * Math.abs(n)

const mismatch = (o: number, i: number, numerical: unknown, analytical: unknown): string =>
  `Jacobian mismatch for output ${o} with respect to input ${i},\nnumerical:${numerical}\nanalytical:${analytical}\n`

const nondeterministic = (tol: number): string =>
  'Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives different values, although analytical gradient matches numerical gradient.' +
  `The tolerance for nondeterminism was ${tol}.`

/** Every entry of every Jacobian. */
function checkAll(fn: GradcheckFunction, inputs: readonly Tensor[], wanted: readonly Tensor[], limits: Limits): void {
  outputsOf(fn, inputs).forEach((output, o) => {
    const numerical = (): Jacobian[] => wanted.map((x) => numericalJacobian(fn, inputs, o, output, x, limits.eps))
    if (!differentiable(output)) {
      if (isFloat(output.dtype) && numerical().some((j) => j.values.some((v) => v !== 0)))
        throw new GradcheckError('Numerical gradient for function expected to be zero')
      return
    }
    const analytical = analyticalJacobians(output, wanted)
    const again = analyticalJacobians(output, wanted)
    numerical().forEach((n, i) => {
      const a = analytical[i] as Jacobian
      if (!a.values.every((v, k) => near(v, n.values[k] as number, limits)))
        throw new GradcheckError(mismatch(o, i, toTensor(n), toTensor(a)))
    })
    if (analytical.some((a, i) => a.values.some((v, k) => Math.abs(v - (again[i] as Jacobian).values[k]!) > limits.nondetTol)))
      throw new GradcheckError(nondeterministic(limits.nondetTol))
  })
}

/** `n` random numbers of length 1 together. */
function direction(n: number, engine: Mt19937): Float64Array {
  const v = Float64Array.from({ length: n }, () => engine.uniform53() * 2 - 1)
  const length = Math.hypot(...v) || 1
  return v.map((x) => x / length)
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let s = 0
  for (let i = 0; i < a.length; i++) s += (a[i] as number) * (b[i] as number)
  return s
}

/** `u' J v` for one random pair of directions per input and output. */
function checkProjections(fn: GradcheckFunction, inputs: readonly Tensor[], wanted: readonly Tensor[], limits: Limits): void {
  const engine = new Mt19937(0n)
  outputsOf(fn, inputs).forEach((output, o) => {
    if (!differentiable(output)) return
    const v = direction(output.numel(), engine)
    const pulled = pull(output, wanted, v)
    const again = pull(output, wanted, v)
    wanted.forEach((x, i) => {
      const u = direction(x.numel(), engine)
      const numerical = dot(difference(fn, inputs, o, x, places(x), [...u], limits.eps), v)
      const g = pulled[i] ?? null
      const analytical = g === null ? 0 : dot(valuesOf(g), u)
      if (!near(analytical, numerical, limits)) {
        // The whole Jacobians say where; if they agree, the projection's verdict stands.
        checkAll(fn, inputs, wanted, limits)
        throw new GradcheckError(mismatch(o, i, tensor(numerical, { dtype: output.dtype }), tensor(analytical, { dtype: output.dtype })))
      }
      const second = again[i] ?? null
      if (g !== null && second !== null && valuesOf(g).some((w, k) => Math.abs(w - valuesOf(second)[k]!) > limits.nondetTol))
        throw new GradcheckError(nondeterministic(limits.nondetTol))
    })
  })
}

/**
 * Checks the gradients of `fn` at `inputs` against central differences, and that its backward gives the same twice.
 * Inputs that require a gradient should be `float64`.
 *
 * @example
 * gradcheck((x) => x.pow(3).sum(), tensor([1, 2], { dtype: 'float64', requiresGrad: true })) // true
 * @throws GradcheckError naming the output, the input and both Jacobians.
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
 */
export function gradcheck(fn: GradcheckFunction, inputs: Tensor | readonly Tensor[], options: GradcheckOptions = {}): boolean {
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-3, raiseException = true, nondetTol = 0, fastMode = false } = options
  const all = inputs instanceof Tensor ? [inputs] : inputs
  const wanted = checkInputs(all)
  try {
    const check = fastMode ? checkProjections : checkAll
    check(fn, all, wanted, { eps, atol, rtol, raiseException, nondetTol, fastMode })
    return true
  } catch (error) {
    if (raiseException || !(error instanceof GradcheckError)) throw error
    return false
  }
}

/** Options of `gradgradcheck`. */
export interface GradgradcheckOptions extends GradcheckOptions {
  /** The gradients of the outputs; random by default. */
  readonly gradOutputs?: Tensor | readonly Tensor[] | undefined
}

const random = (like: Tensor, engine: Mt19937): Tensor =>
  tensor(
    Float64Array.from({ length: like.numel() }, () => engine.uniform53() * 2 - 1),
    { dtype: like.dtype, shape: like.shape, requiresGrad: true },
  )

/**
 * Checks second derivatives: the gradients of `fn`, as a function of its inputs and of the gradients of its outputs, against central differences.
 *
 * @example
 * gradgradcheck((x) => x.pow(3).sum(), tensor([1, 2], { dtype: 'float64', requiresGrad: true })) // true
 * @throws GradcheckError as `gradcheck`.
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html
 */
export function gradgradcheck(fn: GradcheckFunction, inputs: Tensor | readonly Tensor[], options: GradgradcheckOptions = {}): boolean {
  const all = inputs instanceof Tensor ? [inputs] : inputs
  const outputs = outputsOf(fn, all).filter(differentiable)
  const engine = new Mt19937(1n)
  const { gradOutputs = outputs.map((o) => random(o, engine)), ...rest } = options
  const given = gradOutputs instanceof Tensor ? [gradOutputs] : gradOutputs
  const gradients = (...args: Tensor[]): Tensor[] => {
    const xs = args.slice(0, all.length)
    const wanted = xs.filter((x) => x.requiresGrad)
    const outs = outputsOf(fn, xs).filter(differentiable)
    return grad(outs, wanted, { gradOutputs: args.slice(all.length), createGraph: true, allowUnused: true }).filter((g) => g !== null)
  }
  return gradcheck(gradients, [...all, ...given], rest)
}
