/** Checks of options, in PyTorch's words. */
import { ValueError } from '@tapegrad/core'
import { text } from './python.ts'

/** Refuses a negative number, and what PyTorch lets pass: NaN, infinity, and no number at all. */
export function checkNonNegative(what: string, value: unknown): void {
  if (!(typeof value === 'number' && value >= 0 && value < Infinity)) throw new ValueError(`Invalid ${what}: ${text(value)}`)
}

/** Refuses what is not a decay rate: at least 0, less than 1. */
export function checkBeta(index: number, value: unknown): void {
  if (!(typeof value === 'number' && value >= 0 && value < 1))
    throw new ValueError(`Invalid beta parameter at index ${index}: ${text(value)}`)
}
