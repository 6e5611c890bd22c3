/** What a random generator is apart from tensors: seeds and saved states, with PyTorch's checks and words. */
import { RuntimeError, ValueError } from '../errors.ts'
import { LEGACY_STATE_BYTES, Mt19937, STATE_BYTES } from './mt19937.ts'

/** The seed of a generator that was never given one, as in PyTorch. */
const DEFAULT_SEED = 67280421310721n

/** A type's name in PyTorch's messages. */
function pythonType(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  if (typeof value === 'string') return 'str'
  if (typeof value === 'boolean') return 'bool'
  return (value as object).constructor?.name ?? typeof value
}

/**
 * A seed as an unsigned 64-bit integer: negative ones wrap, -1 being 2^64 - 1.
 *
 * @throws RuntimeError for what is not an integer, ValueError outside of -2^63 .. 2^64 - 1.
 */
export function checkSeed(seed: number | bigint): bigint {
  if (typeof seed !== 'bigint' && !Number.isInteger(seed))
    throw new RuntimeError(`manual_seed expected a long, but got ${pythonType(seed)}`)
  const big = BigInt(seed)
  if (big < -(2n ** 63n) || big >= 2n ** 64n)
    throw new ValueError('Overflow when unpacking long long\n  help: a seed is an integer from -2^63 to 2^64 - 1')
  return BigInt.asUintN(64, big)
}

interface Crypto {
  getRandomValues(array: Uint32Array): Uint32Array
}

/** A seed of 53 bits from the system's entropy, so that it can also be written as a JavaScript number. */
function randomSeed(): bigint {
  const words = (globalThis as unknown as { crypto: Crypto }).crypto.getRandomValues(new Uint32Array(2))
  return (BigInt((words[0] as number) & 0x1fffff) << 32n) | BigInt(words[1] as number)
}

/**
 * A stream of random numbers with a seed and a state that can be saved.
 *
 * @example
 * const g = new GeneratorBase().manualSeed(42)
 * g.initialSeed() // 42n
 * @see https://docs.pytorch.org/docs/stable/generated/torch.Generator.html
 */
export class GeneratorBase {
  /** Where the numbers come from. The functions that fill with random numbers take it. */
  readonly engine: Mt19937 = new Mt19937(DEFAULT_SEED)

  /**
   * Starts the stream that `torch.manual_seed(seed)` starts. Only the low 32 bits matter to it.
   *
   * @throws RuntimeError for what is not an integer, ValueError outside of -2^63 .. 2^64 - 1.
   */
  manualSeed(seed: number | bigint): this {
    this.engine.reseed(checkSeed(seed))
    return this
  }

  /** Starts a stream that nobody can foretell, and returns its seed (below 2^53). */
  seed(): bigint {
    this.engine.reseed(randomSeed())
    return this.engine.seed
  }

  /** The seed that began the stream, as an unsigned 64-bit integer. */
  initialSeed(): bigint {
    return this.engine.seed
  }

  /** The state as the 5056 bytes that `torch.get_rng_state()` holds: each library continues the other's stream. */
  getStateBytes(): Uint8Array {
    return this.engine.save()
  }

  /**
   * Continues from a saved state, of 5056 bytes or the 5048 of PyTorch before 1.6.
   *
   * @throws RuntimeError for another length, or bytes that are no state.
   */
  setStateBytes(bytes: Uint8Array): this {
    if (bytes.length !== STATE_BYTES && bytes.length !== LEGACY_STATE_BYTES)
      throw new RuntimeError(
        `Expected either a CPUGeneratorImplStateLegacy of size ${LEGACY_STATE_BYTES} or a CPUGeneratorImplState of size ${STATE_BYTES} but found the input RNG state size to be ${bytes.length}`,
      )
    if (!this.engine.restore(bytes)) throw new RuntimeError('Invalid mt19937 state')
    return this
  }
}
