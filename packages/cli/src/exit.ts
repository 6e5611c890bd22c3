/** What the process answers to its caller. */
export const EXIT = {
  ok: 0,
  /** Our fault. */
  bug: 1,
  /** Flags, names or values that make no sense. */
  usage: 2,
  /** The content of a file. */
  data: 3,
  /** Training broke down. */
  training: 4,
  /** The file system: not found, not permitted, in the way, full. */
  io: 5,
  /** Ctrl-C. */
  interrupted: 130,
  /** SIGTERM. */
  terminated: 143,
} as const

/** One of the numbers of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
