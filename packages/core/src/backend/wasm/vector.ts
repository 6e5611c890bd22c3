/** Vector arithmetic as expressions: formulas build a graph of instructions, which `emitter.ts` turns into straight-line code. */
import type { FunctionRef, ModuleBuilder } from './assembler.ts'
import type { Op } from './opcodes.ts'

/** How the sixteen bytes of a vector are read. */
export type LaneType = 'f32x4' | 'f64x2' | 'i32x4' | 'i64x2'

/** A function from f64 to f64 for lanes that the vector code does not handle, added to the module when it is first needed. */
export type ScalarFunction = (module: ModuleBuilder) => FunctionRef

/** One instruction of the graph. */
export interface Node {
  readonly op: Op | 'const' | 'input' | 'shuffle' | 'patch'
  readonly args: readonly Node[]
  readonly detail: Detail | null
}

/** What some instructions need beside their arguments. */
interface Detail {
  /** How a constant fills its lanes. */
  readonly type?: LaneType
  /** The number in every lane of a constant, or the count of a shift. */
  readonly value?: number
  /** The picks of a shuffle. */
  readonly bytes?: readonly number[]
  /** Whether an input stays the same in the loop. */
  readonly fixed?: boolean
  readonly scalar?: ScalarFunction
}

const node = (op: Node['op'], args: readonly Node[], detail: Detail | null = null): Node => ({ op, args, detail })

/** A vector constant with `x` in every lane. */
export const splat = (type: LaneType, x: number): Lanes => new Lanes(type, node('const', [], { type, value: x }))

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
    return new Lanes(this.type, node(`${this.type as 'i32x4'}.shl`, [this.node], { value: count }))
  }
  shr(count: number): Lanes {
    return new Lanes(this.type, node(`${this.type as 'i32x4'}.shr_s`, [this.node], { value: count }))
  }
  shrUnsigned(count: number): Lanes {
    return new Lanes(this.type, node(`${this.type as 'i32x4'}.shr_u`, [this.node], { value: count }))
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
    return this.node.op === 'const' && Object.is(this.node.detail?.value, 0)
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
