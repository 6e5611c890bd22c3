/** The recording of what one call of a function does to memory, as a list of calls that do it again. */
import { isGradEnabled, setGradEnabled } from '../autograd/mode.ts'
import type { Backend } from '../backend/backend.ts'
import { adding, written } from '../backend/effects.ts'
import { kernels, prepareCall, useKernels } from '../backend/index.ts'
import type { DType, TypedArray } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import type { Program } from '../expr.ts'
import { isDense, numelOf } from '../layout.ts'
import { cloneOf } from '../record.ts'
import type { Storage } from '../storage.ts'
import { setTape, type Tape } from '../tape.ts'
import { Tensor } from '../tensor.ts'

/** A pointwise call, which may be joined with others. */
export interface MapCall {
  readonly program: Program
  readonly compute: DType
  readonly out: Tensor
  readonly inputs: readonly (Tensor | number)[]
}

/** One thing to be done again. */
export interface Entry {
  readonly run: () => void
  readonly reads: ReadonlySet<Storage>
  readonly writes: ReadonlySet<Storage>
  readonly map: MapCall | null
  /** A call of the kernel with everything looked up once, if that can be. */
  readonly settled?: (() => void) | null
  /** Whether it may do more than is known: nothing is moved past it. */
  readonly opaque: boolean
}

/**
 * What is known of memory that was taken while recording: nothing was written yet; what stands there is the same in each replay; the same, and
 * what was recorded reads it; it depends on what the function was called with.
 */
type State = 'blank' | 'constant' | 'read' | 'traced'

const hostRead =
  'compile(): the function reads values of a tensor (item, tolist, toArray or an operation that runs outside kernels), which are other values in the next call\n  help: return the tensor and read it after the call'

/** Records everything that happens to tensors' memory while it is `tape`. */
export class Recorder implements Tape {
  readonly entries: Entry[] = []
  /** What each replay begins with. */
  readonly first: (() => void)[] = []
  /** Memory from before that the recording writes. */
  readonly outside: Set<Storage> = new Set()
  /** Memory that may be looked at by more than the kernels recorded. */
  readonly visible: Set<Storage> = new Set()
  /** Gradients in the recording's own memory. */
  readonly pinned: Map<Tensor, Set<Tensor>> = new Map()
  /** The same kernels, each call of which is recorded. */
  readonly kernels: Backend
  readonly #plain: Backend
  readonly #states = new Map<Storage, State>()
  readonly #inputs: ReadonlySet<Storage>
  readonly #leaves = new Set<Tensor>()
  /** Leaves whose gradients are the recording's own memory. */
  readonly #lent: (readonly [leaf: Tensor, grad: Tensor])[] = []
  /** Memory that each replay begins by putting back. */
  readonly #restored = new Set<Storage>()
  /** Constants that were looked at after they had been read: they must be the same in the end. */
  readonly #watched = new Map<Storage, TypedArray>()

  constructor(plain: Backend, inputs: readonly Tensor[]) {
    this.#plain = plain
    this.#inputs = new Set(inputs.map((x) => x.storage))
    for (const s of this.#inputs) {
      this.#states.set(s, 'traced')
      this.visible.add(s)
    }
    const names = Object.keys(plain) as (keyof Backend)[]
    this.kernels = Object.fromEntries(names.map((name) => [name, (...args: unknown[]) => this.#call(name, args)])) as unknown as Backend
  }

  /** Whether memory was taken while recording and nothing but the recorded kernels knows it. */
  hidden(storage: Storage): boolean {
    return this.#states.has(storage) && !this.visible.has(storage)
  }

  /** Runs `f` while everything is recorded. */
  record<T>(f: () => T): T {
    return this.#within(this, this.kernels, f)
  }

  /** Runs `f` as if nothing were recorded. */
  #aside<T>(f: () => T): T {
    return this.#within(null, this.#plain, f)
  }

  #within<T>(tape: Tape | null, kernels: Backend, f: () => T): T {
    const before = setTape(tape)
    const used = useKernels(kernels)
    try {
      return f()
    } finally {
      setTape(before)
      useKernels(used)
    }
  }

  #call(name: keyof Backend, args: unknown[]): unknown {
    const run = this.#plain[name] as (...args: unknown[]) => unknown
    const outs = (written[name] as (...args: unknown[]) => readonly (Tensor | null)[])(...args).filter((x) => x !== null)
    const others = tensorsIn(args).filter((x) => !outs.includes(x))
    // In place: the output is an operand too.
    if (name === 'map') for (const x of args[3] as readonly (Tensor | number)[]) if (outs.includes(x as Tensor)) others.push(x as Tensor)
    if (others.every((x) => this.#isConstant(x.storage)) && outs.every((x) => this.#isFresh(x.storage))) {
      // The same in each replay: it is enough to do it once.
      for (const x of outs) this.#states.set(x.storage, 'constant')
      return this.#aside(() => run(...args))
    }
    const reads = new Set(others.map((x) => x.storage))
    for (const s of reads) this.#read(s)
    for (const x of outs) {
      const whole = !adding.has(name) && !reads.has(x.storage) && isWhole(x)
      if (!whole) reads.add(x.storage)
      this.#write(x.storage, whole)
    }
    const map =
      name === 'map'
        ? { program: args[0] as Program, compute: args[1] as DType, out: args[2] as Tensor, inputs: [...(args[3] as MapCall['inputs'])] }
        : null
    const found = this.#aside(() => run(...args))
    const again = (): void => {
      // A kernel that finds what it did not find when it was recorded: the function would have gone another way.
      if (run(...args) !== found) throw new RuntimeError(`compile(): ${name} found what it did not find when the function was recorded`)
    }
    this.entries.push({
      run: again,
      reads,
      writes: new Set(outs.map((x) => x.storage)),
      map,
      settled: this.#aside(() => prepareCall(name, args)),
      opaque: false,
    })
    return found
  }

  #isConstant(storage: Storage): boolean {
    const state = this.#states.get(storage)
    return state !== undefined && state !== 'traced'
  }

  /** Whether nothing that was recorded has touched it. */
  #isFresh(storage: Storage): boolean {
    const state = this.#states.get(storage)
    return state === 'blank' || state === 'constant'
  }

  #read(storage: Storage): void {
    if (this.#isFresh(storage)) this.#states.set(storage, 'read')
  }

  /** Notes a write; `whole` if nothing of what stood there is left. */
  #write(storage: Storage, whole: boolean): void {
    const state = this.#states.get(storage)
    if (this.#inputs.has(storage))
      this.refuse('writes into its argument', 'clone() the argument first: the function gets a copy of what it is called with')
    if (state === undefined) this.outside.add(storage)
    // What stood there is put back before each replay.
    else if (state === 'read' || (state === 'constant' && !whole)) {
      const values = this.#aside(() => storage.data.slice())
      this.#restored.add(storage)
      this.first.push(() => storage.data.set(values))
    }
    if (state !== undefined) this.#states.set(storage, 'traced')
  }

  made(storage: Storage, zeroed: boolean): void {
    this.#states.set(storage, zeroed ? 'constant' : 'blank')
  }

  host(storage: Storage): void {
    const state = this.#states.get(storage)
    if (state === undefined || state === 'traced') throw new RuntimeError(hostRead)
    if (state === 'blank') this.#states.set(storage, 'constant')
    if (state === 'read' && !this.#watched.has(storage))
      this.#watched.set(
        storage,
        this.#aside(() => storage.data.slice()),
      )
  }

  set(storage: Storage, index: number, value: number): void {
    if (this.#isFresh(storage)) {
      this.#states.set(storage, 'constant')
      return
    }
    this.#write(storage, false)
    const entry = { reads: new Set([storage]), writes: new Set([storage]), map: null, opaque: false }
    this.entries.push({ ...entry, run: () => storage.set(index, value) })
  }

  opaque<T>(run: () => T, given: readonly (Tensor | null)[], writes: readonly Tensor[]): T {
    const reads = given.filter((x) => x !== null)
    for (const { storage } of reads) this.#read(storage)
    // What stands outside is counted by what runs.
    for (const { storage } of writes) if (this.#states.has(storage)) this.#write(storage, false)
    for (const { storage } of [...reads, ...writes]) this.visible.add(storage)
    const mode = isGradEnabled()
    const again = (): void => {
      setGradEnabled(mode)
      run()
    }
    this.entries.push({
      run: again,
      reads: new Set([...reads, ...writes].map((x) => x.storage)),
      writes: new Set(writes.map((x) => x.storage)),
      map: null,
      opaque: true,
    })
    return this.#aside(run)
  }

  gradientOf(x: Tensor): Tensor | null {
    const now = x.gradient
    if (now === null) {
      this.opaque(() => checkGradient(x.gradient === null), [], [])
      return null
    }
    if (this.pinned.get(x)?.has(now) === true) return now
    const own = this.#aside(() => cloneOf(now))
    this.#states.set(own.storage, 'traced')
    const pin = (): void => {
      const grad = x.gradient
      checkGradient(grad !== null)
      if (grad === null || grad === own) return
      kernels.copy(grad, own)
      x.gradient = own
    }
    this.opaque(pin, [], [own])
    this.#pin(x, own)
    return own
  }

  assign(x: Tensor, grad: Tensor | null): void {
    this.opaque(() => x.assignGradient(grad), grad === null ? [] : [grad], [])
    if (grad !== null && this.#states.has(grad.storage)) this.#pin(x, grad)
  }

  #pin(x: Tensor, own: Tensor): void {
    own.storage.held = true
    this.visible.add(own.storage)
    const known = this.pinned.get(x)
    if (known === undefined) this.pinned.set(x, new Set([own]))
    else known.add(own)
  }

  leaf(x: Tensor): void {
    if (!this.#states.has(x.storage) || this.#leaves.has(x)) return
    this.#leaves.add(x)
    this.first.push(() => {
      x.gradient = null
    })
  }

  lend(x: Tensor, grad: Tensor): boolean {
    const { storage } = grad
    if (this.#states.get(storage) !== 'traced' || this.#restored.has(storage) || this.#inputs.has(storage)) return false
    this.#lent.push([x, grad])
    return true
  }

  refuse(what: string, help: string): never {
    throw new RuntimeError(`compile(): the function ${what}, which cannot be recorded\n  help: ${help}`)
  }

  /** Ends the recording: what was taken for constant must have been, and gradients are called back before they are written. */
  end(): void {
    const lent = this.#lent
    const memory = lent.map(([, { storage }]) => storage)
    const at = this.entries.findIndex((e) => memory.some((s) => e.writes.has(s)))
    const recall = (): void => {
      for (const [x, grad] of lent) if (x.gradient === grad) x.keepGradient()
    }
    if (at >= 0) this.entries.splice(at, 0, { run: recall, reads: new Set(memory), writes: new Set(), map: null, opaque: true })
    for (const [storage, values] of this.#watched)
      if (values.some((v, i) => !Object.is(v, storage.data[i]))) throw new RuntimeError(hostRead)
  }
}

function checkGradient(asRecorded: boolean): void {
  if (!asRecorded)
    throw new RuntimeError(
      'compile(): the function looks at a .grad that is null in one call and not in another\n  help: call zeroGrad() inside the function, or outside before every call',
    )
}

/** Whether the view is all of its memory; along stretched dimensions, which reductions combine, it stays where it is. */
function isWhole({ shape, strides, storage }: Tensor): boolean {
  const moves = (_: number, d: number): boolean => strides[d] !== 0
  const own = shape.filter(moves)
  return numelOf(own) === storage.length && isDense(own, strides.filter(moves))
}

/** The tensors among arguments, in lists and records too. */
function tensorsIn(args: readonly unknown[]): Tensor[] {
  const found: Tensor[] = []
  for (const a of args)
    if (a instanceof Tensor) found.push(a)
    else if (typeof a === 'object' && a !== null) for (const x of Object.values(a)) if (x instanceof Tensor) found.push(x)
  return found
}
