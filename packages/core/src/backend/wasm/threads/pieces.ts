/** How work is cut into pieces for threads. No number in any result depends on the cut: see each use. */
import { getNumThreads } from './pool.ts'

/** A part of a dimension. */
export interface Piece {
  readonly from: number
  readonly length: number
}

/** Calls for each thread, so that one that comes late or is slow still leaves the others something to do. */
const EACH = 2

/** The number of pieces that work is worth: none smaller than `least`, and not many more than there are threads. */
export const worth = (work: number, least: number): number => Math.max(1, Math.min(Math.floor(work / least), EACH * getNumThreads()))

/** Cuts a length into so many pieces at most, multiples of `unit` but for the last, which is longer rather than shorter than that. */
export function pieces(length: number, count: number, unit: number): Piece[] {
  const size = Math.max(1, Math.ceil(length / count / unit)) * unit
  const cut: Piece[] = []
  let from = 0
  for (; length - from >= size + unit; from += size) cut.push({ from, length: size })
  cut.push({ from, length: length - from })
  return cut
}
