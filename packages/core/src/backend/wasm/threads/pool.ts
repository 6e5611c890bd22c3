/**
 * Threads that make calls of kernels over the memory that they share.
 *
 * A job is one kernel and a table of arguments, a row for each call. Whoever takes a ticket owes the call of that row; tickets are counted down by
 * compare-and-exchange, by the threads and by the one that made the job alike: a thread that is late, or not there, finds nothing left to do.
 * The table is written while there are no tickets and read after one was taken, so nobody ever sees half of it.
 */
import { RuntimeError, warn } from '../../../errors.ts'
import { reserve, share, type WasmMemory, wasmMemory } from '../../../memory.ts'
import { PRODUCT_WORKSPACE } from '../base.ts'
import { originOf } from '../engine.ts'

/** A function of a module over the memory. */
export type Kernel = (...args: number[]) => void

/** What a thread is told when it starts. */
interface Start {
  readonly memory: WasmMemory
  readonly control: number
  readonly table: number
  readonly index: number
  /** Its workspace, after a word in which it tells that it is there. */
  readonly place: number
}

interface Thread {
  postMessage(start: Start): void
  /** Node's: the process may end while the thread is there. */
  unref?(): void
  on?(event: 'error', listener: (error: unknown) => void): void
  onerror?: (error: unknown) => void
}

// Names of browsers, which the library of types without the DOM does not declare.
declare const Worker: new (url: object, options: { type: 'module' }) => Thread
declare const URL: new (path: string, base: string) => object
interface Meta {
  readonly url: string
}

// The words of the control block; `worker.js` has the same list.
/** Tickets left; threads without work wait here. */
const TICKETS = 0
/** Calls that have not returned; who made the job waits here. */
const PENDING = 1
/** Calls that threw. */
const FAILED = 2
/** The address of the kernel's record: the address of its module, the length of its name, the name. A module's: its length, its bytes. */
const KERNEL = 3
/** Arguments of a call. */
const ARITY = 4
/** Which argument is the address of a workspace, of which every thread has its own; -1 for none. */
const WORKSPACE = 5
/** Calls that threads of the pool have made. */
const HELP = 6
/** Threads that may work; those with a higher index wait here. */
const LIMIT = 7
const WORDS = 16
/** Numbers in the table, which follows the words. */
const TABLE = 8192

/** How often the last calls are looked for before the thread sleeps: some 20 to 50 us. */
const SPINS = 1000

interface Pool {
  readonly words: Int32Array
  readonly rows: Float64Array
  /** Threads that were started, and the place of each. */
  readonly threads: { readonly thread: Thread; readonly place: number }[]
  /** Whether this thread may sleep: the main one of a browser may not. */
  readonly sleeps: boolean
  readonly control: number
}

let pool: Pool | null = null
let wanted = 1

/** What is left of memory for good. Finding it collects nothing, because whoever makes a job has read addresses already. */
const lasting = { at: 0, left: 0 }

function keep(bytes: number): number {
  const size = (bytes + 15) & ~15
  if (size > lasting.left) {
    lasting.left = Math.max(size, 1 << 18)
    lasting.at = reserve(lasting.left)
    if (lasting.at < 0) throw new RuntimeError('no memory for threads')
  }
  const { at } = lasting
  lasting.at += size
  lasting.left -= size
  return at
}

function keepBytes(head: readonly number[], bytes: Uint8Array): number {
  const at = keep(4 * head.length + bytes.length)
  const { buffer } = wasmMemory()
  new Uint32Array(buffer, at, head.length).set(head)
  new Uint8Array(buffer, at + 4 * head.length, bytes.length).set(bytes)
  return at
}

const modules = new Map<Uint8Array, number>()
const records = new WeakMap<Kernel, number>()

/** The address of a kernel's record; 0 where other threads cannot have it. */
function recordOf(kernel: Kernel): number {
  const known = records.get(kernel)
  if (known !== undefined) return known
  const origin = originOf(kernel)
  let at = 0
  if (origin !== undefined) {
    const { bytes, name } = origin
    const module = modules.get(bytes) ?? keepBytes([bytes.length], bytes)
    modules.set(bytes, module)
    at = keepBytes(
      [module, name.length],
      Uint8Array.from(name, (c) => c.charCodeAt(0)),
    )
  }
  records.set(kernel, at)
  return at
}

/** Bytes before the workspace of a thread. */
const PLACE = 16

const readyAt = (place: number): Int32Array => new Int32Array(wasmMemory().buffer, place, 1)

function open(): Pool {
  const control = keep(4 * WORDS + 8 * TABLE)
  const { buffer } = wasmMemory()
  const words = new Int32Array(buffer, control, WORDS)
  words.fill(0)
  let sleeps = true
  try {
    Atomics.wait(words, PENDING, 1, 0)
  } catch {
    sleeps = false
  }
  return { words, rows: new Float64Array(buffer, control + 4 * WORDS, TABLE), threads: [], sleeps, control }
}

function spawn({ threads, control }: Pool): void {
  const node = (globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }).process?.getBuiltinModule?.(
    'node:worker_threads',
  ) as { Worker: new (url: object, options: { execArgv: string[]; name: string }) => Thread } | undefined
  const place = keep(PLACE + PRODUCT_WORKSPACE)
  readyAt(place)[0] = 0
  // Bundlers know the second form and bring the file along.
  const thread =
    node !== undefined
      ? new node.Worker(new URL('./worker.js', (import.meta as unknown as Meta).url), { execArgv: [], name: 'tapegrad' })
      : new Worker(new URL('./worker.js', (import.meta as unknown as Meta).url), { type: 'module' })
  const failed = (error: unknown): void => {
    const index = threads.findIndex((t) => t.thread === thread)
    if (index >= 0) threads.splice(index, 1)
    wanted = Math.min(wanted, threads.length + 1)
    warn(`a thread could not be started, ${wanted} in all are used: ${(error as Error)?.message ?? error}`)
  }
  if (thread.on !== undefined) thread.on('error', failed)
  else thread.onerror = failed
  thread.postMessage({ memory: wasmMemory(), control, table: TABLE, index: threads.length, place })
  // Last, because listening makes Node wait for the thread again.
  thread.unref?.()
  threads.push({ thread, place })
}

/**
 * Sets the number of threads that large products, pointwise operations and reductions are divided among; 1 at first. The results are the same to the last bit,
 * whatever the number. Threads start at once and help as soon as they are there; they do not keep a process alive.
 *
 * In browsers threads need a page that is isolated (`crossOriginIsolated`), and have to be asked for before the first tensor is made.
 *
 * @throws RuntimeError where `n` is not positive
 * @example
 * setNumThreads(2)
 * getNumThreads() // 2
 *
 * @see https://pytorch.org/docs/stable/generated/torch.set_num_threads.html
 */
export function setNumThreads(n: number): void {
  if (!Number.isInteger(n)) throw new TypeError(`set_num_threads expects an int, but got ${typeof n === 'number' ? 'float' : typeof n}`)
  if (n < 1) throw new RuntimeError('set_num_threads expects a positive integer')
  if (n > 1 && !sharing()) return
  wanted = n
  if (n === 1 && pool === null) return
  pool ??= open()
  while (pool.threads.length < n - 1) spawn(pool)
  // Threads that are more than that sleep.
  Atomics.store(pool.words, LIMIT, n - 1)
  for (const word of [LIMIT, TICKETS]) Atomics.notify(pool.words, word)
}

/** Whether threads can be had; warns where the page is not made for them. */
function sharing(): boolean {
  const { SharedArrayBuffer, crossOriginIsolated } = globalThis as { SharedArrayBuffer?: object; crossOriginIsolated?: boolean }
  if (SharedArrayBuffer === undefined || crossOriginIsolated === false) {
    warn(
      'setNumThreads: one thread is used, because this page is not isolated: it takes the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp',
    )
    return false
  }
  if (share()) return true
  throw new RuntimeError(
    'setNumThreads: the memory of tensors was made for one thread\n  help: in browsers call setNumThreads before the first tensor is made',
  )
}

/**
 * The number of threads that large operations are divided among.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.get_num_threads.html
 */
export function getNumThreads(): number {
  return wanted
}

/** @internal Resolves when all threads take part, for tests and benchmarks. */
export async function threadsReady(): Promise<void> {
  while (pool?.threads.some(({ place }) => Atomics.load(readyAt(place), 0) === 0)) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** @internal How many calls of kernels the other threads have made so far. */
export const callsElsewhere = (): number => (pool === null ? 0 : Atomics.load(pool.words, HELP))

declare const setTimeout: (f: (value: unknown) => void, ms: number) => unknown

/** Whether work is divided among threads. */
export const hasThreads = (): boolean => wanted > 1

/**
 * Makes one call of `kernel` for each row of arguments, in any order and on any thread, and returns when all of them have returned.
 * `workspace` tells which argument is the address of the `PRODUCT_WORKSPACE` bytes that a call may write anything into.
 */
export function callAll(kernel: Kernel, calls: readonly (readonly number[])[], workspace = -1): void {
  const record = pool === null || calls.length < 2 ? 0 : recordOf(kernel)
  if (pool === null || record === 0) {
    for (const args of calls) kernel(...args)
    return
  }
  const { words, rows } = pool
  const arity = (calls[0] as readonly number[]).length
  const most = Math.floor(TABLE / arity)
  for (let first = 0; first < calls.length; first += most) {
    const job = calls.slice(first, first + most)
    job.forEach((args, i) => rows.set(args, i * arity))
    words[KERNEL] = record
    words[ARITY] = arity
    words[WORKSPACE] = workspace
    words[FAILED] = 0
    work(pool, kernel, job)
  }
}

/** Offers the calls in the table to the threads, takes part, and waits for the last of them. */
function work({ words, sleeps, threads }: Pool, kernel: Kernel, calls: readonly (readonly number[])[]): void {
  let error: unknown = null
  words[PENDING] = calls.length
  Atomics.store(words, TICKETS, calls.length)
  Atomics.notify(words, TICKETS, Math.min(threads.length, calls.length - 1))
  for (let left = calls.length; left > 0; left = Atomics.load(words, TICKETS)) {
    if (Atomics.compareExchange(words, TICKETS, left, left - 1) !== left) continue
    try {
      kernel(...(calls[left - 1] as readonly number[]))
    } catch (e) {
      error = e
    }
    Atomics.sub(words, PENDING, 1)
  }
  for (let spins = 0; ; spins++) {
    const pending = Atomics.load(words, PENDING)
    if (pending === 0) break
    if (sleeps && spins > SPINS) Atomics.wait(words, PENDING, pending, 1)
  }
  if (error !== null) throw error
  if (words[FAILED] !== 0) throw new Error('a kernel failed on another thread')
}
