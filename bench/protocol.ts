/** What the command and a contender's process say to each other: a JSON object a line, the answers marked. */
import type { Task } from './task.ts'

/** Before every answer, so that what libraries print is told apart. */
export const MARK = '@@'

export type Command =
  | { readonly do: 'prepare'; readonly task: Task }
  | { readonly do: 'warm'; readonly ms: number }
  | { readonly do: 'round'; readonly ms: number }
  | { readonly do: 'memory'; readonly steps: number; readonly seconds: number; readonly yields: boolean }

export interface ReadyAnswer {
  readonly ready: true
  /** From the first line to the library's being there. */
  readonly ms: number
  readonly version?: string
  readonly apart?: string
}

export interface PreparedAnswer {
  readonly outcome: readonly number[]
  /** For the data, the weights and the outcome, and for the outcome alone. */
  readonly ms: number
  readonly once: number
}

export interface TimedAnswer {
  readonly calls: number
  readonly ms: number
}

/** Bytes of the resident set. */
export interface MemoryAnswer {
  readonly start: number
  /** After a twentieth of the steps, and after half. */
  readonly warm: number
  readonly half: number
  readonly end: number
  readonly peak: number
  readonly steps: number
}

/** `missing`: it cannot, and that is no fault; `failed`: it should have and threw. */
export interface RefusedAnswer {
  readonly missing?: string
  readonly failed?: string
}

export type Answer = ReadyAnswer | PreparedAnswer | TimedAnswer | MemoryAnswer | RefusedAnswer
