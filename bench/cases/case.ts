/** What a case is: a task, its group (which shares processes), and how a time becomes a figure. */
import type { Task } from '../task.ts'

export type Unit = 'GFLOP/s' | 'ns/element' | 'ns/add' | 'us' | 'ms' | 'ms/epoch'

interface Common {
  /** `group/name`; the filter looks into it. */
  readonly id: string
  readonly label: string
  /** Whether `--quick` takes it. */
  readonly quick?: boolean
}

/** Timed in interleaved rounds. */
export interface TimedCase extends Common {
  readonly how: 'timed'
  readonly task: Task
  readonly unit: Unit
  /** The figure of a time in ms for one task. */
  readonly figure: (ms: number) => number
  /** Milliseconds to warm up for, and for a round. */
  readonly warm: number
  readonly round: number
}

/** Many steps of a task in one loop, and how the resident set grows. */
export interface MemoryCase extends Common {
  readonly how: 'memory'
  readonly task: Task
  /** Whether the loop lets the event loop turn. */
  readonly yields: boolean
}

/** From the library's import to the first loss, each time in a new process. */
export interface ColdCase extends Common {
  readonly how: 'cold'
  readonly task: Task
}

/** Bytes of a bundle for browsers. */
export interface BundleCase extends Common {
  readonly how: 'bundle'
  readonly part: 'step' | 'everything'
}

export type Case = TimedCase | MemoryCase | ColdCase | BundleCase

export const groupOf = ({ id }: { readonly id: string }): string => id.slice(0, id.indexOf('/'))
/** Whether a higher figure is the better one. */
export const higherIsBetter = (unit: string): boolean => unit === 'GFLOP/s'
