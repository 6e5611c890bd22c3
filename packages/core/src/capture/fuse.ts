/** What a recording is made shorter by: work that nobody looks at is left out, and pointwise kernels one after another become one. */
import { prepareMap } from '../backend/index.ts'
import { sameShape } from '../layout.ts'
import type { Storage } from '../storage.ts'
import type { Tensor } from '../tensor.ts'
import { compose, type Wiring } from './compose.ts'
import type { Entry, MapCall } from './recorder.ts'

/** As many operands as a kernel takes. */
const OPERANDS = 8

/** The entries whose results somebody reads; `hidden` says of which memory only the entries know. */
export function withoutUnread(entries: readonly Entry[], hidden: (storage: Storage) => boolean): Entry[] {
  const read = new Set<Storage>()
  const kept: Entry[] = []
  for (const entry of [...entries].reverse()) {
    if (!entry.opaque && [...entry.writes].every((s) => hidden(s) && !read.has(s))) continue
    for (const s of entry.reads) read.add(s)
    kept.push(entry)
  }
  return kept.reverse()
}

/** Joins each pointwise kernel with the one that alone reads its result. */
export function fuse(entries: readonly Entry[], hidden: (storage: Storage) => boolean): Entry[] {
  /** Where each memory is read. */
  const readers = new Map<Storage, Set<number>>()
  const note = (storage: Storage, at: number): void => {
    const known = readers.get(storage)
    if (known === undefined) readers.set(storage, new Set([at]))
    else known.add(at)
  }
  entries.forEach((entry, i) => {
    for (const s of entry.reads) note(s, i)
  })
  const done: (Entry | null)[] = []
  entries.forEach((given, i) => {
    let entry = given
    for (const storage of given.map === null ? [] : given.reads) {
      const at = producerOf(storage, done)
      const producer = at < 0 ? null : (done[at] as Entry)
      if (producer === null || producer.map === null || entry.map === null) continue
      // What stands between the two must not be seen: in place, nothing is left of it.
      const gone = sameView(entry.map.out, producer.map.out)
      if (!gone && !hidden(storage)) continue
      if ([...(readers.get(storage) as Set<number>)].some((r) => r > at && r !== i && !(gone && r > i))) continue
      const joined = join(producer, entry)
      if (joined === null) continue
      for (const s of producer.reads) {
        readers.get(s)?.delete(at)
        note(s, i)
      }
      done[at] = null
      entry = joined
    }
    done.push(entry)
  })
  return done.filter((e) => e !== null)
}

/** Where the entry stands that writes `storage`, if it may as well run at the end of the list; else -1. */
function producerOf(storage: Storage, done: readonly (Entry | null)[]): number {
  const passed = new Set<Storage>()
  for (let i = done.length - 1; i >= 0; i--) {
    const entry = done[i] as Entry | null
    if (entry === null) continue
    if (entry.writes.has(storage)) return [...entry.reads].some((s) => passed.has(s)) ? -1 : i
    if (entry.opaque) return -1
    for (const s of entry.writes) passed.add(s)
  }
  return -1
}

const sameView = (x: Tensor, y: Tensor): boolean =>
  x.storage === y.storage && x.offset === y.offset && sameShape(x.shape, y.shape) && sameShape(x.strides, y.strides)

/** Both entries as one, or null where that could not be done, or could give other bits. */
function join(producer: Entry, entry: Entry): Entry | null {
  const map = producer.map === null || entry.map === null ? null : joinMaps(producer.map, entry.map)
  if (map === null) return null
  // A program that is the reference's work as a whole would round otherwise than its parts do in WebAssembly.
  for (const { program, compute, out, inputs } of [producer.map as MapCall, entry.map as MapCall])
    if (prepareMap(program, compute, out, inputs) === null) return null
  const run = prepareMap(map.program, map.compute, map.out, map.inputs)
  if (run === null) return null
  const reads = new Set([...producer.reads, ...[...entry.reads].filter((s) => !producer.writes.has(s))])
  return { run, reads, writes: entry.writes, map, opaque: false }
}

function joinMaps(first: MapCall, second: MapCall): MapCall | null {
  const between = first.out
  const { out } = second
  // In memory the result between the two is rounded as in a register.
  if (first.compute !== second.compute || between.dtype !== first.compute || second.program.steps.length === 0) return null
  if (!sameShape(between.shape, out.shape) || !sameShape(between.strides, out.strides)) return null
  const inputs: (Tensor | number)[] = []
  const place = (x: Tensor | number): number => {
    const known = inputs.findIndex((y) => (typeof x === 'number' || typeof y === 'number' ? Object.is(x, y) : sameView(x, y)))
    return known >= 0 ? known : inputs.push(x) - 1
  }
  for (const x of first.inputs) {
    // The output may be the same memory as an operand only if both are walked through alike.
    if (typeof x !== 'number' && x.storage === out.storage && !(sameView(x, out) && x.dtype === out.dtype)) return null
  }
  const firstWiring = first.inputs.map(place)
  const secondWiring: (number | 'first')[] = []
  for (const x of second.inputs) {
    if (typeof x === 'number' || x.storage !== between.storage) secondWiring.push(place(x))
    else if (sameView(x, between)) secondWiring.push('first')
    else return null
  }
  // A result that is known beforehand would be computed otherwise.
  if (inputs.length > OPERANDS || !first.inputs.some((x) => typeof x !== 'number')) return null
  const program = compose(first.program, firstWiring as Wiring, second.program, secondWiring, inputs.length)
  return { program, compute: second.compute, out, inputs }
}
