/**
 * A thread of the pool: waits for jobs, and makes calls of them until there are none left. Plain JavaScript without imports, because Node and browsers
 * start it as a file of its own, in a bundle as from source. What the words mean stands in `pool.ts`.
 */
const [TICKETS, PENDING, FAILED, KERNEL, ARITY, WORKSPACE, HELP, LIMIT, WORDS] = [0, 1, 2, 3, 4, 5, 6, 7, 16]

/** How often a thread looks for work before it sleeps: some 20 to 50 us. */
const SPINS = 1000

/** @param {{ memory: any, control: number, table: number, index: number, place: number }} start */
function run({ memory, control, table, index, place }) {
  const words = new Int32Array(memory.buffer, control, WORDS)
  const rows = new Float64Array(memory.buffer, control + 4 * WORDS, table)
  const modules = new Map()
  const kernels = new Map()

  const bytesAt = (at, length) => {
    // Growing by nothing shows this thread how far others have grown the memory.
    if (at + length > memory.buffer.byteLength) memory.grow(0)
    return new Uint8Array(memory.buffer, at, length).slice()
  }
  const wordsAt = (at, count) => new Uint32Array(bytesAt(at, 4 * count).buffer)

  const moduleAt = (at) => {
    let exports = modules.get(at)
    if (exports === undefined) {
      const module = new WebAssembly.Module(bytesAt(at + 4, wordsAt(at, 1)[0]))
      exports = new WebAssembly.Instance(module, { env: { memory } }).exports
      modules.set(at, exports)
    }
    return exports
  }
  const kernelAt = (at) => {
    let kernel = kernels.get(at)
    if (kernel === undefined) {
      const [module, length] = wordsAt(at, 2)
      kernel = moduleAt(module)[String.fromCharCode(...bytesAt(at + 8, length))]
      kernels.set(at, kernel)
    }
    return kernel
  }

  bytesAt(place, 4)
  Atomics.store(new Int32Array(memory.buffer, place, 1), 0, 1)
  for (let spins = 0; ; spins++) {
    const limit = Atomics.load(words, LIMIT)
    if (index >= limit) {
      Atomics.wait(words, LIMIT, limit)
      continue
    }
    const left = Atomics.load(words, TICKETS)
    if (left === 0) {
      if (spins > SPINS) {
        Atomics.wait(words, TICKETS, 0)
        spins = 0
      }
      continue
    }
    if (Atomics.compareExchange(words, TICKETS, left, left - 1) !== left) continue
    try {
      const arity = words[ARITY]
      const args = Array.from(rows.subarray((left - 1) * arity, left * arity))
      if (words[WORKSPACE] >= 0) args[words[WORKSPACE]] = place + 16
      kernelAt(words[KERNEL] >>> 0)(...args)
    } catch {
      Atomics.add(words, FAILED, 1)
    }
    Atomics.add(words, HELP, 1)
    if (Atomics.sub(words, PENDING, 1) === 1) Atomics.notify(words, PENDING)
    spins = 0
  }
}

const port = globalThis.process?.getBuiltinModule?.('node:worker_threads').parentPort
if (port) port.once('message', run)
else globalThis.addEventListener('message', ({ data }) => run(data), { once: true })
