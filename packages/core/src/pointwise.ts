/** Pointwise operations: formulas become kernels and graph nodes; broadcasting, promotion and saving follow. */
import { checkInplace, checkWritable, overwrites, rebase } from './autograd/inplace.ts'
import { type Edge, Node, type Saved } from './autograd/node.ts'
import { kernels } from './backend/index.ts'
import { type DType, isFloat, scalarName } from './dtype.ts'
import { NotImplementedError } from './errors.ts'
import { compile, type Expr, input, type Num, type Program, slotsOf } from './expr.ts'
import { broadcastShapes2, isContiguous, NO_DIMS, numelOf, type Shape, sameShape } from './layout.ts'
import { commonType, floatType, type Operand, pyType, resultType } from './promote.ts'
import { type Adjoint, allocateLike, type PointwiseAttrs, pointwiseAttrs, pointwiseRule, savedOf } from './pullback.ts'
import { checkSavable, copyOf, copyWithHistory, edgesOf } from './record.ts'
import { Storage } from './storage.ts'
import { allocateTensor, Tensor } from './tensor.ts'

/** One of the tensors where all are dense, of one floating-point dtype and one layout, and fill their memory; else null. */
function alike(operands: readonly Operand[]): Tensor | null {
  let model: Tensor | null = null
  for (let i = 0; i < operands.length; i++) {
    const x = operands[i] as Operand
    if (typeof x === 'number') continue
    if (model === null) {
      if (!isFloat(x.dtype) || !isContiguous(x.shape, x.strides)) return null
      model = x
    } else if (x.dtype !== model.dtype || !sameShape(x.shape, model.shape) || !sameShape(x.strides, model.strides)) return null
  }
  return model
}

/** Which dtype a pointwise operation computes in and returns. */
type DTypeRule =
  /** The common dtype of the operands. */
  | 'promote'
  /** The common dtype, made floating point. */
  | 'float'
  /** Computes in the common dtype, returns truth values. */
  | 'bool'

type Forward = <T extends Num<T>>(...xs: T[]) => T
type Backward = <T extends Num<T>>(grad: T, out: T, ...xs: T[]) => (T | null)[]

/** A pointwise operation: one formula forward, one backward, written over abstract numbers. */
export interface Formula {
  /** The operation's name, for the second line of errors. */
  readonly name: string
  /** PyTorch's name of the backward node; a function where it depends on what the operands are. */
  readonly gradFn?: string | ((...operands: Operand[]) => string)
  readonly dtype?: DTypeRule
  /** PyTorch's names of the leading operands that must be tensors; absent: plain numbers will do beside one tensor. */
  readonly tensors?: readonly string[]
  /** Whether the first operand must be a tensor while the others may be numbers. */
  readonly tensorFirst?: boolean
  /** The only kind of dtype that will do, and PyTorch's name of the kernel that refuses the others. */
  readonly only?: readonly [kind: 'float' | 'integer' | 'discrete' | 'number', kernel: string]
  readonly forward: Forward
  /** One gradient per operand, `null` where none flows. Absent: the operation is not differentiable. */
  readonly backward?: Backward
}

/** The shape that all operands broadcast to. */
function broadcastAll(operands: readonly Operand[]): Shape {
  let shape: Shape | null = null
  for (let i = 0; i < operands.length; i++) {
    const x = operands[i] as Operand
    if (typeof x !== 'number') shape = shape === null ? x.shape : broadcastShapes2(shape, x.shape)
  }
  return shape ?? []
}

/** Refuses plain numbers where tensors are needed, in the words of PyTorch's parser of arguments. */
function checkOperands({ name, tensors, tensorFirst = false }: Formula, operands: readonly Operand[]): void {
  if (tensors !== undefined)
    for (let i = 0; i < tensors.length; i++)
      if (!(operands[i] instanceof Tensor))
        throw new TypeError(`${name}(): argument '${tensors[i]}' (position ${i + 1}) must be Tensor, not ${pyType(operands[i])}`)
  for (let i = 0, n = tensorFirst ? 1 : operands.length; i < n; i++) if (typeof operands[i] !== 'number') return
  throw new TypeError(
    `${name}() received an invalid combination of arguments - got (${operands.map(pyType).join(', ')}), but expected one of:\n * (Tensor, ...)`,
  )
}

/** Refuses dtypes that an operation is not meant for; plain numbers beside the tensors do not count. */
function checkKind({ only }: Formula, operands: readonly Operand[]): void {
  if (only === undefined) return
  const [kind, kernel] = only
  const dtype = resultType(...operands.filter((x) => typeof x !== 'number'))
  const fits =
    kind === 'number' ? dtype !== 'bool' : kind === 'float' ? isFloat(dtype) : !isFloat(dtype) && (kind === 'discrete' || dtype !== 'bool')
  if (!fits) throw new NotImplementedError(`"${kernel}" not implemented for '${scalarName(dtype)}'`)
}

/** A formula made ready to run; compiled when first used, so that importing an operation costs nothing. */
export class Kernel {
  readonly formula: Formula
  readonly arity: number
  #program: Program | null = null
  #adjoints: (Adjoint | null)[] | null = null
  #reads: readonly number[] = []
  readonly #plain: Partial<Record<DType, PointwiseAttrs>> = {}

  /** Whether nothing but the operands' common dtype matters, and any of a floating-point one will do. */
  readonly #simple: boolean

  constructor(formula: Formula) {
    this.formula = formula
    this.arity = formula.forward.length
    const { tensors, tensorFirst = false, dtype, only } = formula
    this.#simple =
      tensors === undefined && !tensorFirst && dtype !== 'bool' && (only === undefined || only[0] === 'float' || only[0] === 'number')
  }

  get program(): Program {
    if (this.#program === null) {
      const xs = Array.from({ length: this.arity }, (_, i) => input(i))
      this.#program = compile((this.formula.forward as (...xs: Expr[]) => Expr)(...xs))
    }
    return this.#program
  }

  /** One program per operand over the slots grad, out, operands...; null where no gradient flows. */
  get adjoints(): readonly (Adjoint | null)[] {
    if (this.#adjoints === null) {
      const slots = Array.from({ length: this.arity + 2 }, (_, i) => input(i))
      const backward = this.formula.backward as unknown as (...xs: Expr[]) => (Expr | null)[]
      const exprs = backward(...slots)
      this.#reads = exprs.map((e) => (e === null ? 0 : [...slotsOf(e)].reduce((mask, slot) => mask | (1 << slot), 0)))
      this.#adjoints = exprs.map((e) => (e === null ? null : { program: compile(e), identity: e.op === 'input' && e.value === 0 }))
    }
    return this.#adjoints
  }

  /** Which slots the adjoints of the operands with an edge read, a bit each: 1 is the output, 2 and on are the operands. Traced from the formula, never declared. */
  reads(edges: readonly (Edge | null)[]): number {
    if (this.#adjoints === null) this.adjoints
    let mask = 0
    for (let i = 0; i < edges.length; i++) if (edges[i] !== null) mask |= this.#reads[i] as number
    return mask
  }

  /** The attributes of calls whose operands are all alike, shared by their nodes. */
  plain(compute: DType): PointwiseAttrs {
    return (this.#plain[compute] ??= { kernel: this, compute, shapes: null, dtypes: null })
  }

  /** Runs the formula; with `self`, writes the result into it. */
  run(operands: readonly Operand[], self: Tensor | null = null): Tensor {
    if (self === null && this.#simple) {
      const model = alike(operands)
      if (model !== null) return this.#runAlike(operands, model)
    }
    checkOperands(this.formula, operands)
    checkKind(this.formula, operands)
    const common = commonType(operands)
    const shape = broadcastAll(operands)
    const { dtype = 'promote', backward } = this.formula
    const compute = dtype === 'float' ? floatType(common) : common
    const outDType = dtype === 'bool' ? 'bool' : compute
    const edges = backward !== undefined && isFloat(outDType) ? edgesOf(operands, self) : null
    const reads = edges === null ? 0 : this.reads(edges)
    let xs = operands
    if (self !== null) {
      checkInplace(self)
      checkWritable(self, shape, outDType)
      xs = this.#readable(operands, self, reads)
    }
    const out = self ?? allocateLike(shape, outDType, operands)
    // Before the write, so that what is overwritten although it was saved is noticed later.
    const node =
      edges === null ? null : this.#node(operands, edges, savedOf(reads, out, xs), pointwiseAttrs(this, compute, operands, shape))
    kernels.map(this.program, compute, out, this.#read(xs))
    if (self !== null) self.storage.version++
    if (node !== null) {
      if (self === null) out.setHistory(node, 0)
      else rebase(self, node)
      node.adopt(out, reads & 2 ? 0 : -1)
    }
    return out
  }

  /** The sum, or the mean, of the results over all elements, outside of the graph and without the results being written down; null for integers. */
  total(operands: readonly Operand[], mean: boolean): { readonly out: Tensor; readonly shape: Shape; readonly compute: DType } | null {
    checkOperands(this.formula, operands)
    checkKind(this.formula, operands)
    const common = commonType(operands)
    const shape = broadcastAll(operands)
    const compute = this.formula.dtype === 'float' ? floatType(common) : common
    if (!isFloat(compute)) return null
    const out = allocateTensor(NO_DIMS, compute, false)
    kernels.mapReduce(this.program, compute, shape, this.#read(operands), mean ? numelOf(shape) : 1, out)
    return { out, shape, compute }
  }

  /** Those of the operands that the formula reads: nearly always all of them. */
  #read(operands: readonly Operand[]): readonly Operand[] {
    const { slots } = this.program
    return slots.length === operands.length ? operands : slots.map((i) => operands[i] as Operand)
  }

  /** The usual case, by the shortest way: dense operands of one floating-point dtype and one layout. */
  #runAlike(operands: readonly Operand[], { dtype, shape, strides }: Tensor): Tensor {
    const out = new Tensor(new Storage(dtype, numelOf(shape), false), dtype, shape, strides, 0)
    const edges = this.formula.backward === undefined ? null : edgesOf(operands)
    if (edges === null) {
      kernels.map(this.program, dtype, out, this.#read(operands))
      return out
    }
    const reads = this.reads(edges)
    const node = this.#node(operands, edges, savedOf(reads, out, operands), this.plain(dtype))
    kernels.map(this.program, dtype, out, this.#read(operands))
    out.setHistory(node, 0)
    if (reads & 2) node.adopt(out, 0)
    return out
  }

  /** The operands of an in-place run: copies of those that the write would spoil. */
  #readable(operands: readonly Operand[], self: Tensor, reads: number): readonly Operand[] {
    let xs: Operand[] | null = null
    for (let i = 0; i < operands.length; i++) {
      const x = operands[i] as Operand
      if (typeof x === 'number') continue
      // The operand in the place of `self` is saved as it was; in another place it is an error at backward, as in PyTorch.
      const spoilt = i === 0 && (reads & 4) !== 0
      if (!spoilt && !overwrites(self, x)) continue
      xs ??= [...operands]
      xs[i] = spoilt ? copyWithHistory(x) : copyOf(x)
    }
    return xs ?? operands
  }

  /** The graph's record of a run. */
  #node(operands: readonly Operand[], edges: readonly (Edge | null)[], saved: Saved, attrs: PointwiseAttrs): Node {
    checkSavable(saved)
    const { gradFn } = this.formula
    const name = typeof gradFn === 'function' ? gradFn(...operands) : (gradFn as string)
    return new Node(name, pointwiseRule, edges, saved, attrs) as unknown as Node
  }
}

/** Defines one variant of a pointwise operation. */
export const kernel = (formula: Formula): Kernel => new Kernel(formula)
