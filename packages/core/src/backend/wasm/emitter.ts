/** From graphs of vector instructions to straight-line code in a function. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { splatBytes } from './encoding.ts'
import type { Lanes, Node, ScalarFunction } from './vector.ts'

/** What is known of a node. */
interface State {
  uses: number
  /** Whether its value differs from one pass of the loop to the next. */
  readonly varying: boolean
  local: Local | null
  /** The pass in which the local was last set: all passes for what is set before the loop. */
  pass: number
}

const ALWAYS = Infinity

/** Emits graphs into one function: constants and what does not change go before the loop, and what is used twice is computed once. */
export class VectorEmitter {
  readonly #module: ModuleBuilder
  readonly #f: FunctionBuilder
  readonly #roots: readonly Lanes[]
  readonly #states = new Map<Node, State>()
  readonly #constants = new Map<string, Local>()
  #pass = 0

  /** Looks at the graphs, and loads their constants into locals. */
  constructor(module: ModuleBuilder, f: FunctionBuilder, roots: readonly Lanes[]) {
    this.#module = module
    this.#f = f
    this.#roots = roots
    for (const root of roots) this.#visit(root.node)
  }

  #visit(n: Node): State {
    let state = this.#states.get(n)
    if (state !== undefined) {
      state.uses++
      return state
    }
    let varying = n.op === 'input' && n.detail?.fixed !== true
    for (const a of n.args) if (this.#visit(a).varying) varying = true
    const constant = n.op === 'const'
    state = { uses: 1, varying, local: constant ? this.#constant(n) : null, pass: constant || n.op === 'input' ? ALWAYS : -1 }
    this.#states.set(n, state)
    return state
  }

  #constant({ detail }: Node): Local {
    const bytes = splatBytes((detail?.type ?? 'f32x4').slice(0, 3) as 'f32', detail?.value ?? 0)
    const key = String.fromCharCode(...bytes)
    let local = this.#constants.get(key)
    if (local === undefined) {
      local = this.#f.local('v128')
      this.#constants.set(key, local)
      this.#f.bytes(bytes).set(local)
    }
    return local
  }

  /** The number of instructions that a pass executes, about. */
  get size(): number {
    let size = 0
    for (const [n, { varying }] of this.#states) if (varying && n.op !== 'input') size++
    return size
  }

  /** The local that an input is to be put into. */
  local(x: Lanes): Local {
    const state = this.#states.get(x.node)
    // Inputs that no result depends on are loaded all the same, to nowhere.
    return state === undefined ? this.#f.local('v128') : this.#localOf(state)
  }

  #localOf(state: State): Local {
    return (state.local ??= this.#f.local('v128'))
  }

  /** Computes what depends on fixed inputs only; they are in their locals. */
  prologue(): void {
    for (const [n, { varying }] of this.#states) if (varying) for (const a of n.args) this.#settle(a)
    for (const root of this.#roots) this.#settle(root.node)
  }

  #settle(n: Node): void {
    const state = this.#states.get(n) as State
    if (state.varying || state.pass === ALWAYS) return
    this.#push(n)
    this.#f.set(this.#localOf(state))
    state.pass = ALWAYS
  }

  /** Forgets what the last pass computed: the inputs have changed. */
  next(): void {
    this.#pass++
  }

  /** Pushes the value of a graph. */
  push(x: Lanes): void {
    this.#value(x.node)
  }

  #value(n: Node): void {
    const state = this.#states.get(n) as State
    if (state.pass === ALWAYS || state.pass === this.#pass) {
      this.#f.get(this.#localOf(state))
      return
    }
    this.#push(n)
    if (state.uses < 2) return
    this.#f.tee(this.#localOf(state))
    state.pass = state.varying ? this.#pass : ALWAYS
  }

  #push(n: Node): void {
    for (const a of n.args) this.#value(a)
    const { op, detail } = n
    if (op === 'shuffle') this.#f.shuffle(detail?.bytes as number[])
    else if (op === 'patch') this.#patch(detail?.scalar as ScalarFunction)
    else if (op === 'input' || op === 'const') throw new Error('inputs and constants have locals')
    else if (detail?.value !== undefined) this.#f.i32(detail.value).op(op)
    else this.#f.op(op)
  }

  /** Takes doubles and a mask: lane by lane, where the mask tells so. */
  #patch(scalar: ScalarFunction): void {
    const f = this.#f
    const ref = scalar(this.#module)
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
