/**
 * Where elements live: one WebAssembly memory, cut into slabs whose lifetime is the garbage collector's.
 *
 * A slab has one small token. Every storage in the slab holds the token; the allocator holds it by one `WeakRef`. So an allocation is a bump of
 * a pointer, and weak references are made per slab, not per tensor. When the budget is used up, slabs whose tokens are gone are used again. Where
 * the engine can be asked to collect (Node), that works inside one synchronous loop; where it cannot, a loop that never yields falls back, past
 * the budget, to ordinary typed arrays, which kernels of the reference work on: slower, never wrong.
 */
import { RuntimeError } from './errors.ts'

// Every engine has them, but only the library of types with the DOM declares them.
declare const performance: { now(): number }
declare const WebAssembly: { readonly Memory: new (size: { initial: number; maximum: number; shared: boolean }) => WasmMemory }

/** Memory that WebAssembly and typed arrays share. */
export interface WasmMemory {
  /** A `SharedArrayBuffer` where the memory is shared between threads: typed arrays work on it all the same. */
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

/** Keeps a slab from being used again for as long as it is reachable. */
export class Token {
  /** The first byte of the slab. */
  readonly start: number
  readonly bytes: number
  /** Whether small tensors share the slab. */
  shared = false
  /** How many tensors were put there, for the figures; told apart from the token, which may be gone. */
  readonly count: { tensors: number }
  /** Whether the slab was never written before, and is all zeros but for what its own tensors wrote. */
  fresh: boolean

  constructor(start: number, bytes: number, count: { tensors: number }, fresh: boolean) {
    this.start = start
    this.bytes = bytes
    this.count = count
    this.fresh = fresh
  }
}

/** A slab that is in use, as far as is known. */
interface Lease {
  readonly ref: WeakRef<Token>
  readonly start: number
  readonly bytes: number
  readonly count: { tensors: number }
  /** Whether it was found dead. */
  free: boolean
}

const PAGE = 1 << 16
/** Small tensors share slabs of this size. */
const SLAB = 1 << 16
/** Larger ones have slabs of their own. */
const LARGE = SLAB / 4
/** Addresses are 32 bits wide. */
const MOST = 2 ** 32 - PAGE
/** Pages to begin with: 1 GiB. */
const GENEROUS = 16384
const FIRST_BUDGET = 64 << 20
/** Up to here it grows where collecting takes too much of the time. */
const COMFORTABLE = 1 << 27
/** When the last collection ended. */
let collected = 0
/** Where nothing can be collected on request, this much may be in use before ordinary arrays take over. */
const BLIND_BUDGET = 1 << 30

/** Figures about the memory of tensors. */
export interface MemoryStats {
  /** Bytes in slabs that hold something, or held it until lately. */
  readonly inUse: number
  /** Bytes of WebAssembly memory that were ever used. It never shrinks; what is free is used again. */
  readonly reserved: number
  /** Slabs that hold something, or held it until lately. */
  readonly slabs: number
  /** Tensors with memory of their own, views not counted: those in use, and those that share a slab with them or died lately. */
  readonly tensors: number
  /** How often the engine was asked to collect. */
  readonly collections: number
}

let memory: WasmMemory | null = null
/**
 * Whether threads may share the memory. That is settled when the memory is made, and costs nothing in Node, whose functions take views of such memory.
 * Those of browsers refuse them, and pages get it only under conditions: there it has to be asked for.
 */
let shared = (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined
/** How often the memory has grown: views of all of it are made anew then. */
export let growths = 0
/** The first byte that no slab has been cut from; address 0 stays unused, as a null pointer would be. */
let top = PAGE
let inUse = 0
let budget = FIRST_BUDGET
let leases: Lease[] = []
let collections = 0
/** Slabs to use again, by size. */
const free = new Map<number, number[]>()

/** The memory itself, made when the first tensor is. */
export function wasmMemory(): WasmMemory {
  if (memory !== null) return memory
  // Address space, not memory: pages that were never written cost nothing. So much of it that growing, which detaches every view, is rare.
  for (const sharing of shared ? [true, false] : [false])
    for (const initial of [GENEROUS, 256]) {
      try {
        memory = new WebAssembly.Memory({ initial, maximum: 65536, shared: sharing })
        shared = sharing
        return memory
      } catch {
        // A smaller device may refuse the first, and not every engine shares.
      }
    }
  throw new RuntimeError('this engine gives no WebAssembly memory\n  help: 16 MB are the least that tensors need')
}

/** Whether threads share the memory; makes it if need be, so that the answer holds. */
export function isShared(): boolean {
  wasmMemory()
  return shared
}

/** Asks for memory that threads share; whether it is. */
export function share(): boolean {
  if (memory === null) shared = true
  return isShared()
}

/** Asks the engine to collect at once; null where it cannot be asked. */
let collect: (() => void) | null | undefined

function collector(): (() => void) | null {
  const builtin = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process?.getBuiltinModule
  if (builtin === undefined) return null
  try {
    const v8 = builtin('node:v8') as { setFlagsFromString(flags: string): void }
    const vm = builtin('node:vm') as {
      createContext(global: object, options: { microtaskMode: 'afterEvaluate' }): object
      runInNewContext(code: string): () => void
      Script: new (code: string) => { runInContext(context: object): unknown }
    }
    v8.setFlagsFromString('--expose-gc')
    const gc = vm.runInNewContext('gc')
    // Evaluating anything in a context with a microtask queue of its own ends the hold that WeakRefs have on their targets until the job is over.
    const context = vm.createContext({}, { microtaskMode: 'afterEvaluate' })
    const nothing = new vm.Script('0')
    return () => {
      nothing.runInContext(context)
      gc()
    }
  } catch {
    return null
  }
}

/** Takes back the slabs whose tokens are gone. */
function sweep(): void {
  leases = leases.filter((lease) => {
    const { ref, start, bytes } = lease
    if (ref.deref() !== undefined) return true
    lease.free = true
    inUse -= bytes
    const same = free.get(bytes)
    if (same === undefined) free.set(bytes, [start])
    else same.push(start)
    return false
  })
}

/**
 * Where nothing collects on request: takes slabs back once the engine says that some are dead, which it does when the loop yields. Asking for them sooner
 * would be in vain, and worse: a `WeakRef` that was asked holds its target until the job is over.
 */
let dead: FinalizationRegistry<Lease> | null = null

function watch(): void {
  const registry = new FinalizationRegistry((lease: Lease) => {
    if (!lease.free) sweep()
  })
  for (const lease of leases) {
    const token = lease.ref.deref()
    if (token !== undefined) registry.register(token, lease)
  }
  dead = registry
}

/** Makes room by collecting, and lets the budget follow what is really in use. */
function reclaim(): void {
  idle.clear()
  if (collect === undefined) {
    collect = collector()
    if (collect === null) watch()
  }
  if (collect !== null) {
    const start = performance.now()
    collect()
    collections++
    sweep()
    const end = performance.now()
    // A tenth of the time is enough for collecting: more room makes it rarer.
    if ((end - start) * 10 > end - collected) budget = Math.max(budget, Math.min(budget * 2, COMFORTABLE))
    collected = end
  }
  if (inUse > budget / 2) budget = Math.min(collect === null ? Math.max(BLIND_BUDGET, budget) : MOST, Math.max(budget * 2, inUse * 2))
}

/** The address of `bytes` of memory that was never used or is free again; -1 where there is none. */
function place(bytes: number): number {
  const again = free.get(bytes)?.pop()
  if (again !== undefined) return again
  // Where much is free in other sizes, one of them is cut rather than more memory taken.
  if (top - inUse > 2 * budget) {
    const part = carve(bytes)
    if (part >= 0) return part
  }
  const start = top
  if (start + bytes > MOST) return -1
  const { buffer } = wasmMemory()
  const missing = start + bytes - buffer.byteLength
  if (missing > 0) {
    // Growing detaches every view, so it is done seldom: by half at least.
    const pages = Math.ceil(Math.max(missing, Math.min(buffer.byteLength / 2, MOST - buffer.byteLength)) / PAGE)
    growths++
    try {
      wasmMemory().grow(pages)
    } catch {
      try {
        wasmMemory().grow(Math.ceil(missing / PAGE))
      } catch {
        return -1
      }
    }
  }
  top += bytes
  return start
}

/** The address of memory for good: it is never given back, and finding it collects nothing. -1 where there is none. */
export const reserve = (bytes: number): number => place(Math.ceil(bytes / PAGE) * PAGE)

/** Slabs that were given back before the collector could know, by size; leased still. */
const idle = new Map<number, Token[]>()

/** Gives a slab back at once: for memory that nobody can reach any more, which only who owns it can know. Slabs of small tensors are left to the collector. */
export function giveBack(token: Token): void {
  if (token.shared) return
  token.count.tensors = 0
  token.fresh = false
  const same = idle.get(token.bytes)
  if (same === undefined) idle.set(token.bytes, [token])
  else same.push(token)
}

function outOfMemory(bytes: number): string {
  const what = `out of memory: you tried to allocate ${bytes} bytes`
  if (bytes > MOST) return `${what}\n  help: a tensor has to fit into the 4 GiB that WebAssembly can address; work in smaller batches`
  const { tensors } = memoryStats()
  const largest = leases.map((l) => l.bytes).sort((a, b) => b - a)
  return `${what}\n  of the 4 GiB that WebAssembly can address, ${inUse} bytes are held by ${tensors} tensors that are still reachable, the largest of ${largest.slice(0, 3).join(', ')} bytes\n  help: drop tensors that are no longer needed, work in smaller batches, or detach() what is kept from the graph`
}

/** A slab of `bytes`, or null where ordinary arrays have to do. */
function lease(bytes: number): Token | null {
  if (bytes > MOST) throw new RuntimeError(outOfMemory(bytes))
  const waiting = idle.get(bytes)?.pop()
  if (waiting !== undefined) return waiting
  if (inUse + bytes > budget) {
    if (collect !== null || budget < BLIND_BUDGET) reclaim()
    if (collect === null && budget >= BLIND_BUDGET && inUse + bytes > budget) return null
  }
  const untouched = top
  let start = place(bytes)
  if (start < 0) {
    reclaim()
    start = place(bytes)
    if (start < 0) start = carve(bytes)
    if (start < 0) {
      if (collect === null) return null
      throw new RuntimeError(outOfMemory(bytes))
    }
  }
  const count = { tensors: 0 }
  const token = new Token(start, bytes, count, start >= untouched)
  const made: Lease = { ref: new WeakRef(token), start, bytes, count, free: false }
  leases.push(made)
  dead?.register(token, made)
  inUse += bytes
  return token
}

/** Cuts a slab from a larger free one. */
function carve(bytes: number): number {
  let best = 0
  for (const [size, starts] of free) if (size > bytes && starts.length > 0 && (best === 0 || size < best)) best = size
  if (best === 0) return -1
  const start = (free.get(best) as number[]).pop() as number
  const rest = best - bytes
  const same = free.get(rest)
  if (same === undefined) free.set(rest, [start + bytes])
  else same.push(start + bytes)
  return start
}

/** Sizes are rounded up to an eighth of a power of two, so that slabs of like size can take each other's place. */
function sizeClass(bytes: number): number {
  const step = 2 ** Math.max(Math.floor(Math.log2(bytes)) - 3, 10)
  return Math.ceil(bytes / step) * step
}

let current: Token | null = null
let used = 0

/** Where the last allocation lies; read at once by whoever allocated. */
export let address = 0

/** Takes `bytes` (rounded up to 16), leaves their address in `address`, and returns the token to hold; null where ordinary arrays have to do. */
export function take(bytes: number): Token | null {
  // Before the rounding, which would wrap around.
  if (bytes > LARGE) {
    const token = lease(sizeClass(bytes))
    if (token === null) return null
    token.count.tensors = 1
    address = token.start
    return token
  }
  const n = (bytes + 15) & ~15
  if (current === null || used + n > SLAB) {
    current = lease(SLAB)
    used = 0
    if (current === null) return null
    current.shared = true
  }
  address = current.start + used
  used += n
  current.count.tensors++
  return current
}

/**
 * Figures about the memory of tensors.
 *
 * @example
 * memoryStats().reserved // bytes
 */
export function memoryStats(): MemoryStats {
  if (dead === null) sweep()
  let unused = 0
  for (const [bytes, waiting] of idle) unused += bytes * waiting.length
  let tensors = 0
  for (const { count } of leases) tensors += count.tensors
  return { inUse: inUse - unused, reserved: top, slabs: leases.length, tensors, collections }
}
