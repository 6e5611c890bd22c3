/** `compile`: a function of tensors, recorded at its first call and replayed as a flat list of kernel calls after that. */
import { isGradEnabled, isInferenceModeEnabled, setGradEnabled } from '../autograd/mode.ts'
import { kernels, prepareMap } from '../backend/index.ts'
import { RuntimeError, warnOnce } from '../errors.ts'
import { sameShape } from '../layout.ts'
import { pyType } from '../promote.ts'
import { cloneOf } from '../record.ts'
import type { Storage } from '../storage.ts'
import { tape } from '../tape.ts'
import { Tensor } from '../tensor.ts'
import { fuse, withoutUnread } from './fuse.ts'
import { type Entry, Recorder } from './recorder.ts'

/** What a compiled function may return. */
export type CompiledResult = Tensor | readonly Tensor[] | undefined | void

/** As many kinds of arguments are recorded; further ones run without. */
const RECORDINGS = 8

/** One recording, for arguments of certain shapes and dtypes, and how it is replayed. */
class Recording<R extends CompiledResult> {
  readonly #grad = isGradEnabled()
  readonly #inference = isInferenceModeEnabled()
  /** What the function got in the place of its arguments. */
  readonly #inputs: readonly Tensor[]
  /** The strides of the arguments themselves. */
  readonly #strides: readonly (readonly number[])[]
  readonly #result: R
  /** All that is done again; the entries keep the memory that the steps know by its address. */
  readonly #entries: readonly Entry[]
  readonly #steps: readonly (() => void)[]
  readonly #outside: readonly Storage[]
  readonly #pinned: ReadonlyMap<Tensor, ReadonlySet<Tensor>>

  constructor(fn: (...args: Tensor[]) => R, args: readonly Tensor[]) {
    this.#inputs = args.map(cloneOf)
    this.#strides = args.map((x) => x.strides)
    const recorder = new Recorder(kernels, this.#inputs)
    try {
      this.#result = recorder.record(() => checkResult(fn(...this.#inputs)))
      recorder.end()
    } finally {
      setGradEnabled(this.#grad)
    }
    for (const x of resultsOf(this.#result)) recorder.visible.add(x.storage)
    const hidden = (s: Storage): boolean => recorder.hidden(s)
    this.#entries = fuse(withoutUnread(recorder.entries, hidden), hidden)
    this.#steps = [...recorder.first, ...this.#entries.map(stepOf)]
    this.#outside = [...recorder.outside]
    this.#pinned = recorder.pinned
    this.#release()
  }

  /** Whether the recording is one of such a call. */
  fits(args: readonly Tensor[]): boolean {
    const inputs = this.#inputs
    if (args.length !== inputs.length || isGradEnabled() !== this.#grad || isInferenceModeEnabled() !== this.#inference) return false
    for (let i = 0; i < inputs.length; i++) {
      const [x, own] = [args[i] as Tensor, inputs[i] as Tensor]
      if (x.dtype !== own.dtype || !sameShape(x.shape, own.shape) || !sameShape(x.strides, this.#strides[i] as readonly number[]))
        return false
    }
    return true
  }

  replay(args: readonly Tensor[]): void {
    const inputs = this.#inputs
    for (let i = 0; i < inputs.length; i++) kernels.copy(args[i] as Tensor, inputs[i] as Tensor)
    for (const storage of this.#outside) storage.version++
    const steps = this.#steps
    try {
      for (let i = 0; i < steps.length; i++) (steps[i] as () => void)()
    } finally {
      setGradEnabled(this.#grad)
      this.#release()
    }
  }

  /** The results of the last call, which the next one does not touch. */
  take(): R {
    return copied(this.#result)
  }

  /** Gives gradients that lie in the recording's memory memory of their own. */
  #release(): void {
    if (this.#pinned.size === 0) return
    for (const [x, own] of this.#pinned) if (x.gradient !== null && own.has(x.gradient)) x.gradient = cloneOf(x.gradient)
  }
}

const stepOf = ({ map, run, settled }: Entry): (() => void) =>
  (map === null ? settled : prepareMap(map.program, map.compute, map.out, map.inputs)) ?? run

const resultsOf = (result: CompiledResult): readonly Tensor[] =>
  result === undefined ? [] : result instanceof Tensor ? [result] : (result as readonly Tensor[])

/** Results of their own memory, outside the graph. */
const copied = <R extends CompiledResult>(result: R): R =>
  (result === undefined ? undefined : result instanceof Tensor ? cloneOf(result) : (result as readonly Tensor[]).map(cloneOf)) as R

function checkResult<R extends CompiledResult>(result: R): R {
  if (typeof (result as { then?: unknown } | undefined)?.then === 'function') {
    // Left alone, its rejection would end the process on top of the error below.
    ;(result as unknown as Promise<unknown>).then(undefined, () => {})
    throw new RuntimeError(
      'compile(): the function returns a promise\n  help: the recording ends with the call; compile the part that is synchronous',
    )
  }
  if (result === undefined || result instanceof Tensor || (Array.isArray(result) && result.every((x) => x instanceof Tensor))) return result
  throw new TypeError(`compile(): the function must return a tensor, an array of tensors or nothing, not ${pyType(result as never)}`)
}

function checkArguments(args: readonly unknown[]): asserts args is readonly Tensor[] {
  for (let i = 0; i < args.length; i++) {
    const x = args[i]
    if (!(x instanceof Tensor))
      throw new TypeError(
        `compile(): argument ${i + 1} must be Tensor, not ${pyType(x as never)}\n  help: what else the function needs it can see around it; it stays as it was at the first call`,
      )
    if (x.requiresGrad)
      throw new RuntimeError(
        `compile(): argument ${i + 1} requires a gradient\n  help: the function gets copies of its arguments, and no gradient flows back; detach() the argument, or use a parameter that the function sees around it`,
      )
  }
}

/**
 * Records a function of tensors at its first call, a training step for example, and replays it in later calls: the same kernels on new data, without
 * the operations and the graph around them. Neighbouring pointwise kernels become one. The results are the same to the bit.
 *
 * The first call with arguments of new shapes or dtypes runs `fn` as it stands; up to eight such recordings are kept, further ones just run. The arguments
 * are copied in; the results (a tensor, an array of tensors, or nothing) are copied out, without a graph. `optimizer.step()` and `zeroGrad()`, dropout, checks of
 * targets, and `.grad` work as ever. All else in `fn` that is JavaScript happens at the first call only: numbers, `train()` and `eval()`, tensors made of numbers,
 * and which way an `if` went, are from then on as they were then. Tensors that `fn` does not return are not to be looked at after the call.
 *
 * @example
 * const step = compile((x: Tensor, y: Tensor) => {
 *   optimizer.zeroGrad()
 *   const loss = criterion.forward(model.forward(x), y)
 *   loss.backward()
 *   optimizer.step()
 *   return loss
 * })
 * for (const [x, y] of loader) console.log(step(x, y).item())
 * @throws RuntimeError at the first call if `fn` reads values (`item()`, `tolist()`, operations in JavaScript), runs hooks, uses `createGraph`, writes into
 * an argument or returns a promise, and if an argument requires a gradient; TypeError for other arguments and results.
 * @see https://pytorch.org/docs/stable/generated/torch.compile.html
 */
export function compile<A extends Tensor[], R extends CompiledResult>(fn: (...args: A) => R): (...args: A) => R {
  const run = fn as unknown as (...args: Tensor[]) => R
  const recordings: Recording<R>[] = []
  return (...args) => {
    // Inside of another recording it is a part of that.
    if (tape !== null) return fn(...args)
    checkArguments(args)
    for (let i = 0; i < recordings.length; i++) {
      const known = recordings[i] as Recording<R>
      if (!known.fits(args)) continue
      known.replay(args)
      return known.take()
    }
    if (recordings.length === RECORDINGS) {
      warnOnce(
        `compile(): a function was called with arguments of more than ${RECORDINGS} kinds of shapes and dtypes; it is not recorded for further ones`,
      )
      return copied(checkResult(run(...args)))
    }
    const made = new Recording(run, args)
    recordings.push(made)
    return made.take()
  }
}
