/** From graphs of vector instructions to straight-line code in a function. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import type { Lanes, Node, ScalarFunction } from './vector.ts'

/** Emits graphs into one function: constants and what does not change go before the loop, and what is used twice is computed once. */
export class VectorEmitter {
  readonly #module: ModuleBuilder
  readonly #f: FunctionBuilder
  readonly #uses = new Map<Node, number>()
  readonly #varying = new Map<Node, boolean>()
  readonly #locals = new Map<Node, Local>()
  readonly #constants = new Map<string, Local>()
  readonly #roots: readonly Lanes[]
  readonly #ready = new Set<Node>()

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

  #localOf(n: Node): Local {
    let local = this.#locals.get(n)
    if (local === undefined) this.#locals.set(n, (local = this.#f.local('v128')))
    return local
  }

  /** The local that an input is to be put into. */
  local(x: Lanes): Local {
    return this.#localOf(x.node)
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
    this.#f.set(this.#localOf(n))
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
    this.#f.tee(this.#localOf(n))
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
