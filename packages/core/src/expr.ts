/**
 * The scalar algebra that every pointwise formula is written in, and nothing about tensors.
 * Run over `Expr` a formula becomes one fused program for a kernel; run over `Tensor` it builds a graph.
 */

/** Scalar functions of one number that formulas may use: all a backend must implement beside the binary ones. */
export const unaryInstructions = [
  'neg',
  'reciprocal',
  'rsqrt',
  'abs',
  'sign',
  'exp',
  'exp2',
  'expm1',
  'log',
  'log2',
  'log10',
  'log1p',
  'sqrt',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'asinh',
  'acosh',
  'atanh',
  'erf',
  'erfc',
  'erfinv',
  'erfcx',
  'ndtri',
  'logNdtr',
  'lgamma',
  'digamma',
  'i0',
  'i0e',
  'i1',
  'i1e',
  'floor',
  'ceil',
  'round',
  'trunc',
  'exponent',
  'isnan',
  'signbit',
  'logicalNot',
] as const

/** Scalar functions of two numbers. Comparisons give 1 or 0. */
export const binaryInstructions = [
  'add',
  'sub',
  'mul',
  'div',
  'pow',
  'maximum',
  'minimum',
  'fmod',
  'remainder',
  'floorDivide',
  'atan2',
  'hypot',
  'copysign',
  'nextafter',
  'nextafter32',
  'polygamma',
  'zeta',
  'igamma',
  'igammac',
  'gcd',
  'bitwiseAnd',
  'bitwiseOr',
  'bitwiseXor',
  'bitwiseLeftShift',
  'bitwiseRightShift',
  'gt',
  'ge',
  'lt',
  'le',
  'eq',
  'ne',
] as const

/** An instruction of one operand. */
export type Unary = (typeof unaryInstructions)[number]

/** An instruction of two operands. */
export type Binary = (typeof binaryInstructions)[number]

/** The name of a scalar instruction. `where(x, c, y)` is `x` where `c` is not 0, else `y`. */
export type Instruction = Unary | Binary | 'where'

/** Functions that are formulas themselves: a kernel sees their instructions, a graph one operation. */
const macros = {
  // Rounded at each step, as PyTorch's kernel is: equal to its results to the bit in float32.
  sigmoid: (x: Expr): Expr => x.neg().exp().add(1).reciprocal(),
}

/** A number that formulas are written over: `Expr` when a kernel is made, `Tensor` when a graph is. */
export type Num<T> = { [K in Unary]: () => T } & { [K in Binary]: (y: T | number) => T } & {
  /** `this` where `condition` is not 0, else `y`. */
  where: (condition: T, y: T | number) => T
  /** `1 / (1 + exp(-this))`. */
  sigmoid: () => T
}

/** A symbolic scalar: an input slot, a constant, or an instruction over others. */
export interface Expr extends Num<Expr> {
  readonly op: Instruction | 'input' | 'const'
  readonly args: readonly Expr[]
  /** The slot of an input, the value of a constant. */
  readonly value: number
}

class ExprNode {
  readonly op: Expr['op']
  readonly args: readonly Expr[]
  readonly value: number
  constructor(op: Expr['op'], args: readonly Expr[], value: number) {
    this.op = op
    this.args = args
    this.value = value
  }
}

const make = (op: Expr['op'], args: readonly Expr[], value = 0): Expr => {
  install()
  return new ExprNode(op, args, value) as unknown as Expr
}

const lift = (x: Expr | number): Expr => (typeof x === 'number' ? make('const', [], x) : x)

let installed = false

/** Gives symbolic scalars one method per instruction, on first use, so that importing this file does nothing. */
function install(): void {
  if (installed) return
  installed = true
  const proto = ExprNode.prototype as unknown as Record<string, (this: Expr, ...ys: (Expr | number)[]) => Expr>
  for (const op of [...unaryInstructions, ...binaryInstructions, 'where'])
    proto[op] = function (...ys) {
      return make(op as Instruction, [this, ...ys.map(lift)])
    }
  for (const [name, macro] of Object.entries(macros))
    proto[name] = function () {
      return macro(this)
    }
}

/** The symbolic scalar that stands for input slot `slot`. */
export const input = (slot: number): Expr => make('input', [], slot)

/** One instruction of a program: the register it writes is `inputs + constants + its own place`. */
export interface Step {
  readonly op: Instruction
  readonly args: readonly number[]
}

/** A formula flattened for a kernel: registers are the inputs, then the constants, then one per step; the result is the last written. */
export interface Program {
  /** Names the program for caches: equal keys mean equal programs. */
  readonly key: string
  /** Which slots of the formula the inputs come from, in order. */
  readonly slots: readonly number[]
  readonly constants: readonly number[]
  readonly steps: readonly Step[]
  /** The register that holds the result. */
  readonly result: number
  /** What a backend has made of the program. */
  readonly kernels: Kernels
}

/** A backend's kernels of one program, by its own keys; the last used one at hand. */
export interface Kernels {
  lastKey: number
  last: unknown
  readonly byKey: Map<number, unknown>
}

/** Flattens a formula; equal sub-expressions are computed once. */
export function compile(root: Expr): Program {
  const slots = [...slotsOf(root)].sort((a, b) => a - b)
  const constants: number[] = []
  const steps: Step[] = []
  const keys = new Map<Expr, string>()
  const keyOf = (e: Expr): string => {
    let key = keys.get(e)
    if (key === undefined) {
      key = e.op === 'input' ? `x${slots.indexOf(e.value)}` : e.op === 'const' ? String(e.value) : `${e.op}(${e.args.map(keyOf).join(',')})`
      keys.set(e, key)
    }
    return key
  }
  const collect = (e: Expr): void => {
    if (e.op === 'const' && !constants.some((c) => Object.is(c, e.value))) constants.push(e.value)
    e.args.forEach(collect)
  }
  collect(root)
  const registers = new Map<string, number>()
  const emit = (e: Expr): number => {
    if (e.op === 'input') return slots.indexOf(e.value)
    if (e.op === 'const') return slots.length + constants.findIndex((c) => Object.is(c, e.value))
    const key = keyOf(e)
    const known = registers.get(key)
    if (known !== undefined) return known
    const args = e.args.map(emit)
    steps.push({ op: e.op, args })
    const register = slots.length + constants.length + steps.length - 1
    registers.set(key, register)
    return register
  }
  const result = emit(root)
  return { key: keyOf(root), slots, constants, steps, result, kernels: { lastKey: -1, last: null, byKey: new Map() } }
}

/** The input slots that a formula reads: exactly what must be saved for its backward. */
export function slotsOf(e: Expr, into: Set<number> = new Set()): Set<number> {
  if (e.op === 'input') into.add(e.value)
  for (const a of e.args) slotsOf(a, into)
  return into
}
