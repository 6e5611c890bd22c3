/** The Mersenne Twister behind every random number here: PyTorch's CPU engine, word for word, state included. */

const N = 624
const M = 397
/** 2^-24 and 2^-53: the steps of the uniform numbers. */
const STEP24 = 1 / 0x1000000
const STEP53 = 1 / 0x20000000000000
const TWO32 = 0x100000000

/** The bytes of a saved state, as of `torch.get_rng_state()`. */
export const STATE_BYTES = 5056
/** The bytes of a state saved by PyTorch before 1.6, which had no cached float. */
export const LEGACY_STATE_BYTES = 5048

/**
 * The 32-bit Mersenne Twister MT19937, with the second half of the last Box-Muller pair that PyTorch keeps beside it.
 *
 * Only the low 32 bits of a seed matter. The same seed gives the words of NumPy's `RandomState(seed)`.
 *
 * @example
 * new Mt19937(42n).random() // 1608637542
 * @see https://docs.pytorch.org/docs/stable/notes/randomness.html
 */
export class Mt19937 {
  /** The seed as an unsigned 64-bit integer. */
  seed: bigint
  /** A normal number left over from the last pair, or `null`. */
  cachedNormal: number | null = null
  /** Words until the next twist, plus one: kept beside `next` because saved states hold both. */
  private left = 1
  private next = 0
  private readonly state: Uint32Array = new Uint32Array(N)

  constructor(seed: bigint) {
    this.seed = seed
    this.reseed(seed)
  }

  /** Starts the stream of `seed` (taken modulo 2^64) and drops the cached normal. */
  reseed(seed: bigint): void {
    this.seed = BigInt.asUintN(64, seed)
    const { state } = this
    let word = Number(this.seed & 0xffffffffn)
    state[0] = word
    for (let i = 1; i < N; i++) {
      word = (Math.imul(1812433253, word ^ (word >>> 30)) + i) | 0
      state[i] = word
    }
    this.left = 1
    this.next = 0
    this.cachedNormal = null
  }

  /** The next word, an integer in [0, 2^32). */
  random(): number {
    if (--this.left === 0) this.twist()
    let y = this.state[this.next++] as number
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }

  /** A multiple of 2^-24 in [0, 1): one word. */
  uniform24(): number {
    return (this.random() & 0xffffff) * STEP24
  }

  /** A multiple of 2^-53 in [0, 1): two words, the first the higher. */
  uniform53(): number {
    const high = this.random() & 0x1fffff
    return (high * TWO32 + this.random()) * STEP53
  }

  /** Two words as one unsigned 64-bit integer. */
  random64(): bigint {
    const high = BigInt(this.random())
    return (high << 32n) | BigInt(this.random())
  }

  /** `random64() % modulus` as a number, for an integer `modulus` in [1, 2^53]. */
  random64Modulo(modulus: number): number {
    const high = this.random()
    const low = this.random()
    if (modulus > 0x10000000000000) return Number(((BigInt(high) << 32n) | BigInt(low)) % BigInt(modulus))
    // Horner's rule, as many bits at a time as stay exact in a double
    const step = Math.min(24, 31 - Math.clz32(Math.min(0x20000000000000 / modulus, 0xffffffff)))
    let rest = high % modulus
    for (let bits = 32; bits > 0; ) {
      const take = Math.min(step, bits)
      const factor = 1 << take
      bits -= take
      rest = (rest * factor + ((low >>> bits) & (factor - 1))) % modulus
    }
    return rest
  }

  /**
   * The whole state as the 5056 bytes of `torch.get_rng_state()`: seed, left, seeded, next, 624 words as 64-bit integers, then the cached
   * normal. Little endian.
   */
  save(): Uint8Array {
    const bytes = new Uint8Array(STATE_BYTES)
    const view = new DataView(bytes.buffer)
    view.setBigUint64(0, this.seed, true)
    view.setInt32(8, this.left, true)
    view.setInt32(12, 1, true)
    view.setUint32(16, this.next, true)
    for (let i = 0; i < N; i++) view.setUint32(24 + 8 * i, this.state[i] as number, true)
    if (this.cachedNormal !== null) {
      view.setFloat64(5024, this.cachedNormal, true)
      view.setInt32(5040, 1, true)
    }
    return bytes
  }

  /** Takes over a saved state; `false`, and no change, when it is not one of a Mersenne Twister. The length is the caller's to check. */
  restore(bytes: Uint8Array): boolean {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const left = view.getInt32(8, true)
    const next = view.getUint32(16, true)
    const valid = view.getInt32(12, true) === 1 && left > 0 && left <= N && next <= N
    // `next` may only pass the end when the coming word begins a new block
    if (!valid || next + left - 1 > N) return false
    this.seed = view.getBigUint64(0, true)
    this.left = left
    this.next = next
    for (let i = 0; i < N; i++) this.state[i] = view.getUint32(24 + 8 * i, true)
    this.cachedNormal = null
    if (view.getInt32(5040, true) !== 0) {
      // the older layout kept an angle and a radius where the newer keeps the number itself
      const legacy = bytes.byteLength === LEGACY_STATE_BYTES
      const angle = 2 * Math.PI * view.getFloat64(5016, true)
      this.cachedNormal = legacy ? view.getFloat64(5032, true) * Math.sin(angle) : view.getFloat64(5024, true)
    }
    return true
  }

  private twist(): void {
    const { state } = this
    this.left = N
    this.next = 0
    let word = state[0] as number
    for (let i = 0; i < N; i++) {
      const following = state[i + 1 < N ? i + 1 : 0] as number
      const far = state[i < N - M ? i + M : i + M - N] as number
      const mixed = (word & 0x80000000) | (following & 0x7fffffff)
      state[i] = far ^ (mixed >>> 1) ^ (-(following & 1) & 0x9908b0df)
      word = following
    }
  }
}
