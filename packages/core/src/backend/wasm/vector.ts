/** Vector arithmetic as expressions: formulas build a graph of instructions, and an emitter turns it into straight-line code. */
import type { FunctionBuilder, FunctionRef, Local, ModuleBuilder } from './assembler.ts'
import type { Op } from './opcodes.ts'

/** How the sixteen bytes of a vector are read. */
export type LaneType = 'f32x4' | 'f64x2' | 'i32x4' | 'i64x2'

/** A function from f64 to f64 for lanes that the vector code does not handle, added to the module when it is first needed. */
export type ScalarFunction = (module: ModuleBuilder) => FunctionRef

/** One instruction of the graph. */
interface Node {
  readonly op: Op | 'const' | 'input' | 'shuffle' | 'patch'
  readonly args: readonly Node[]
  /** The bytes of a constant, the picks of a shuffle. */
  readonly bytes: readonly number[]
  /** The count of a shift. */
  readonly count: number | null
  /** Whether an input stays the same in the loop. */
  readonly fixed: boolean
  readonly scalar: ScalarFunction | null
}

const node = (op: Node['op'], args: readonly Node[], more: Partial<Node> = {}): Node => ({
  op,
  args,
  bytes: [],
  count: null,
  fixed: false,
  scalar: null,
  ...more,
})

const scratch = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8))

function bytesOf(type: LaneType, x: number): number[] {
  const size = type === 'f32x4' || type === 'i32x4' ? 4 : 8
  if (type === 'f32x4') scratch.setFloat32(0, x, true)
  else if (type === 'f64x2') scratch.setFloat64(0, x, true)
  else if (type === 'i32x4') scratch.setInt32(0, x, true)
  else scratch.setBigInt64(0, BigInt(x), true)
  return Array.from({ length: 16 }, (_, i) => scratch.getUint8(i % size))
}

/** A vector constant with `x` in every lane. */
export const splat = (type: LaneType, x: number): Lanes => new Lanes(type, node('const', [], { bytes: bytesOf(type, x) }))

/** A vector that comes from outside: a load, an argument. `fixed` ones do not change from one pass of the loop to the next. */
export const inputLanes = (type: LaneType, fixed: boolean): Lanes => new Lanes(type, node('input', [], { fixed }))

/** A vector: an expression over others. Numbers stand for constants. Masks have all bits of a lane set, or none. */
export class Lanes {
  readonly type: LaneType
  readonly node: Node

  constructor(type: LaneType, node: Node) {
    this.type = type
    this.node = node
  }

  #lift(x: Lanes | number): Node {
    return typeof x === 'number' ? splat(this.type, x).node : x.node
  }

  #apply(op: string, ...args: (Lanes | number)[]): Lanes {
    return new Lanes(this.type, node(op as Op, [this.node, ...args.map((x) => this.#lift(x))]))
  }

  #lanewise(name: string, ...args: (Lanes | number)[]): Lanes {
    return this.#apply(`${this.type}.${name}`, ...args)
  }

  /** The same bits read in another way. */
  as(type: LaneType): Lanes {
    return new Lanes(type, this.node)
  }

  /** Any instruction on this vector alone, with the type of its result. */
  to(type: LaneType, op: Op): Lanes {
    return new Lanes(type, node(op, [this.node]))
  }

  add(y: Lanes | number): Lanes {
    return this.#lanewise('add', y)
  }
  sub(y: Lanes | number): Lanes {
    return this.#lanewise('sub', y)
  }
  mul(y: Lanes | number): Lanes {
    return this.#lanewise('mul', y)
  }
  div(y: Lanes | number): Lanes {
    return this.#lanewise('div', y)
  }
  neg(): Lanes {
    return this.#lanewise('neg')
  }
  abs(): Lanes {
    return this.#lanewise('abs')
  }
  sqrt(): Lanes {
    return this.#lanewise('sqrt')
  }
  floor(): Lanes {
    return this.#lanewise('floor')
  }
  ceil(): Lanes {
    return this.#lanewise('ceil')
  }
  trunc(): Lanes {
    return this.#lanewise('trunc')
  }
  nearest(): Lanes {
    return this.#lanewise('nearest')
  }
  /** NaN where either is, and -0 below +0. */
  max(y: Lanes | number): Lanes {
    return this.#lanewise('max', y)
  }
  min(y: Lanes | number): Lanes {
    return this.#lanewise('min', y)
  }
  /** `this < y ? y : this`: one machine instruction, and NaN in `this` stays. */
  atLeast(y: Lanes | number): Lanes {
    return this.#lanewise('pmax', y)
  }
  /** `y < this ? y : this`. */
  atMost(y: Lanes | number): Lanes {
    return this.#lanewise('pmin', y)
  }
  integerMax(y: number): Lanes {
    return this.#lanewise('max_s', y)
  }
  eq(y: Lanes | number): Lanes {
    return this.#lanewise('eq', y)
  }
  ne(y: Lanes | number): Lanes {
    return this.#lanewise('ne', y)
  }
  lt(y: Lanes | number): Lanes {
    return this.#lanewise('lt', y)
  }
  le(y: Lanes | number): Lanes {
    return this.#lanewise('le', y)
  }
  gt(y: Lanes | number): Lanes {
    return this.#lanewise('gt', y)
  }
  ge(y: Lanes | number): Lanes {
    return this.#lanewise('ge', y)
  }
  and(y: Lanes | number): Lanes {
    return this.#apply('v128.and', y)
  }
  /** `this & ~y`. */
  andNot(y: Lanes | number): Lanes {
    return this.#apply('v128.andnot', y)
  }
  or(y: Lanes | number): Lanes {
    return this.#apply('v128.or', y)
  }
  xor(y: Lanes | number): Lanes {
    return this.#apply('v128.xor', y)
  }
  not(): Lanes {
    return this.#apply('v128.not')
  }
  /** Shifts of integer lanes. */
  shl(count: number): Lanes {
    return new Lanes(this.type, node(`${this.type as 'i32x4'}.shl`, [this.node], { count }))
  }
  shr(count: number): Lanes {
    return new Lanes(this.type, node(`${this.type as 'i32x4'}.shr_s`, [this.node], { count }))
  }
  shrUnsigned(count: number): Lanes {
    return new Lanes(this.type, node(`${this.type as 'i32x4'}.shr_u`, [this.node], { count }))
  }
  /** `p[0] + p[1] this + p[2] this^2 + ...`, pairwise (Estrin's rule): chains of dependent instructions stay short. */
  polynomial(p: readonly number[]): Lanes {
    let terms: (Lanes | number)[] = [...p]
    let power: Lanes = this
    for (;;) {
      const pairs: (Lanes | number)[] = []
      for (let i = 0; i + 1 < terms.length; i += 2) pairs.push(power.mul(terms[i + 1] as Lanes | number).add(terms[i] as Lanes | number))
      if (terms.length % 2 === 1) pairs.push(terms.at(-1) as Lanes | number)
      if (pairs.length === 1) return pairs[0] as Lanes
      terms = pairs
      power = power.mul(power)
    }
  }
  /** With `this` as the mask: `yes` where it is set, else `no`. */
  choose(yes: Lanes, no: Lanes): Lanes {
    const { op, args } = this.node
    if (op === 'v128.not') return new Lanes(this.type, args[0] as Node).choose(no, yes)
    if (no.isZero()) return yes.and(this)
    if (yes.isZero()) return no.andNot(this)
    return new Lanes(yes.type, node('v128.bitselect', [yes.node, no.node, this.node]))
  }
  /** Whether this is the constant 0, and not -0. */
  isZero(): boolean {
    return this.node.op === 'const' && this.node.bytes.every((b) => b === 0)
  }
  /** Bytes picked from this vector (0 to 15) and `y` (16 to 31). */
  shuffle(y: Lanes, bytes: readonly number[]): Lanes {
    return new Lanes(this.type, node('shuffle', [this.node, y.node], { bytes }))
  }
  /** These doubles with `f` of them wherever `mask` is set; meant for what is rare. */
  patch(mask: Lanes, f: ScalarFunction): Lanes {
    return new Lanes(this.type, node('patch', [this.node, mask.node], { scalar: f }))
  }
}

const low = [0, 1, 2, 3, 4, 5, 6, 7]

/** The four lanes in double precision, two by two. */
export const widen = (x: Lanes): [Lanes, Lanes] => {
  const upper = x.shuffle(
    x,
    [...low, ...low].map((b) => b + 8),
  )
  return [x.to('f64x2', 'f64x2.promote_low_f32x4'), upper.to('f64x2', 'f64x2.promote_low_f32x4')]
}

/** Two vectors of doubles rounded to one of floats. */
export const narrow = (a: Lanes, b: Lanes): Lanes =>
  a.to('f32x4', 'f32x4.demote_f64x2_zero').shuffle(b.to('f32x4', 'f32x4.demote_f64x2_zero'), [...low, ...low.map((b) => b + 16)])

/** The lower words of four 64-bit lanes. */
export const lowWords = (a: Lanes, b: Lanes): Lanes =>
  a
    .shuffle(
      b,
      [0, 8, 16, 24].flatMap((b) => [b, b + 1, b + 2, b + 3]),
    )
    .as('i32x4')

/** Emits graphs into one function: constants and what does not change go before the loop, and what is used twice is computed once. */
export class VectorEmitter {
  readonly #module: ModuleBuilder
  readonly #f: FunctionBuilder
  readonly #uses = new Map<Node, number>()
  readonly #varying = new Map<Node, boolean>()
  readonly #locals = new Map<Node, Local>()
  readonly #constants = new Map<string, Local>()
  readonly #roots: readonly Lanes[]
  #ready = new Set<Node>()

  /** Looks at the graphs, and loads their constants into locals. */
  constructor(module: ModuleBuilder, f: FunctionBuilder, roots: readonly Lanes[]) {
    this.#module = module
    this.#f = f
    this.#roots = roots
    for (const root of roots) this.#visit(root.node)
  }

  #visit(n: Node): void {
    const uses = this.#uses.get(n) ?? 0
    this.#uses.set(n, uses + 1)
    if (uses > 0) return
    if (n.op === 'const') this.#constant(n)
    for (const a of n.args) this.#visit(a)
    const varying = n.op === 'input' ? !n.fixed : n.args.some((a) => this.#varying.get(a))
    this.#varying.set(n, varying)
  }

  #constant(n: Node): void {
    const key = n.bytes.join()
    let local = this.#constants.get(key)
    if (local === undefined) {
      local = this.#f.local('v128')
      this.#constants.set(key, local)
      this.#f.bytes(n.bytes).set(local)
    }
    this.#locals.set(n, local)
    this.#ready.add(n)
  }

  /** The number of instructions that a pass executes, about. */
  get size(): number {
    let size = 0
    for (const [n, varying] of this.#varying) if (varying && n.op !== 'input') size++
    return size
  }

  /** The local that an input is to be put into. */
  local(x: Lanes): Local {
    let local = this.#locals.get(x.node)
    if (local === undefined) {
      local = this.#f.local('v128')
      this.#locals.set(x.node, local)
    }
    return local
  }

  /** Computes what depends on fixed inputs only; they are in their locals. */
  prologue(): void {
    for (const [n, varying] of this.#varying) {
      if (!varying) continue
      for (const a of n.args) this.#settle(a)
    }
    for (const root of this.#roots) this.#settle(root.node)
  }

  #settle(n: Node): void {
    if (this.#varying.get(n) || n.op === 'input' || this.#ready.has(n)) return
    this.#push(n)
    this.#f.set(this.local(new Lanes('f32x4', n)))
    this.#ready.add(n)
  }

  /** Forgets what the last pass computed: the inputs have changed. */
  next(): void {
    for (const n of [...this.#ready]) if (this.#varying.get(n)) this.#ready.delete(n)
  }

  /** Pushes the value of a graph. */
  push(x: Lanes): void {
    this.#value(x.node)
  }

  #value(n: Node): void {
    const local = this.#locals.get(n)
    if (local !== undefined && (n.op === 'input' || this.#ready.has(n))) {
      this.#f.get(local)
      return
    }
    this.#push(n)
    if ((this.#uses.get(n) as number) < 2) return
    this.#f.tee(this.local(new Lanes('f32x4', n)))
    this.#ready.add(n)
  }

  #push(n: Node): void {
    for (const a of n.args) this.#value(a)
    if (n.op === 'shuffle') this.#f.shuffle(n.bytes)
    else if (n.op === 'patch') this.#patch(n)
    else if (n.op === 'input' || n.op === 'const') throw new Error('an input has no local')
    else if (n.count !== null) this.#f.i32(n.count).op(n.op)
    else this.#f.op(n.op)
  }

  /** Lane by lane, where the mask tells so. */
  #patch(n: Node): void {
    const f = this.#f
    const ref = (n.scalar as ScalarFunction)(this.#module)
    const [value, mask] = [f.local('v128'), f.local('v128')]
    f.set(mask).set(value)
    f.get(mask).op('v128.any_true')
    f.if(() => {
      for (const i of [0, 1]) {
        f.get(mask).lane('i64x2.extract_lane', i).op('i64.eqz', 'i32.eqz')
        f.if(() => {
          f.get(value).get(value).lane('f64x2.extract_lane', i).call(ref).lane('f64x2.replace_lane', i).set(value)
        })
      }
    })
    f.get(value)
  }
}
