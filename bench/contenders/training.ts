/** What the contenders' training loops have in common: batches in order, and what the first of them lose. */
import type { Prepared } from '../task.ts'

export function training(batches: number, checked: number, step: (batch: number) => number): Prepared {
  let next = 0
  const advance = (): number => {
    const loss = step(next)
    next = (next + 1) % batches
    return loss
  }
  return { step: advance, outcome: () => Array.from({ length: checked }, advance) }
}
