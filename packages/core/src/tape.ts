/** Where `compile` listens: the recording that is being made, or null; asked with one comparison wherever memory is written outside of kernels. */
import type { Storage } from './storage.ts'
import type { Tensor } from './tensor.ts'

/** A recording of everything that a function does to memory. */
export interface Tape {
  /** Memory was taken. */
  made(storage: Storage, zeroed: boolean): void
  /** The elements are wanted outside of kernels. */
  host(storage: Storage): void
  /** One element is about to be written outside of kernels. */
  set(storage: Storage, index: number, value: number): void
  /** Runs what the recording does not look into, now and at each replay. */
  opaque<T>(run: () => T, reads: readonly (Tensor | null)[], writes: readonly Tensor[]): T
  /** The `.grad` of a tensor, in memory that a replay finds again. */
  gradientOf(x: Tensor): Tensor | null
  /** Sets the `.grad` of a tensor, now and at each replay. */
  assign(x: Tensor, grad: Tensor | null): void
  /** Notes that gradients gather in a leaf; one that was made inside begins each replay without. */
  leaf(x: Tensor): void
  /** Whether a leaf may have a gradient as it stands, until the next replay writes it: notes that it is `grad` then. */
  lend(x: Tensor, grad: Tensor): boolean
  /** Raises the error of what cannot be recorded. */
  refuse(what: string, help: string): never
}

const NONE: readonly Tensor[] = []

/** The recording being made. */
export let tape: Tape | null = null

/** Begins, or with null ends, a recording; returns the one before. */
export function setTape(next: Tape | null): Tape | null {
  const before = tape
  tape = next
  return before
}

/**
 * Runs `run` and returns its value; while `compile` records, also notes that each replay must run it again as it stands.
 *
 * For what is more than kernels over tensors: checks of values, numbers that change from step to step, random numbers. Elsewhere it costs nothing.
 *
 * @param reads Tensors that `run` reads and that may have been made in the compiled function.
 * @param writes Those that it writes.
 * @example
 * const step = compile((x: Tensor) => {
 *   replayable(() => console.log(x.max().item()), [x])
 *   return x.mul(2)
 * })
 * @see https://pytorch.org/docs/stable/generated/torch.compiler.disable.html
 */
export function replayable<T>(run: () => T, reads: readonly (Tensor | null)[] = NONE, writes: readonly Tensor[] = NONE): T {
  return tape === null ? run() : tape.opaque(run, reads, writes)
}
