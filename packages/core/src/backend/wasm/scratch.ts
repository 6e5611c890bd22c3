/** A little memory that kernels may write anything into between calls. */
import { address, reserve, type Token, take } from '../../memory.ts'

let token: Token | null = null
let pointer = 0
let size = 0

/** The address of at least `bytes`, aligned to 16; what stood there is lost. */
export function scratch(bytes: number): number {
  if (bytes > size) {
    size = Math.max(bytes, 4096)
    token = take(size)
    // Past the budget where nothing can be collected: kernels need it all the same.
    pointer = token === null ? reserve(size) : address
    if (pointer < 0) throw new RangeError('no memory for the workspace of kernels')
  }
  return pointer
}
