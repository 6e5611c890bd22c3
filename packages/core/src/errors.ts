/** The error classes and the warning channel. First lines of messages are PyTorch's, to the letter. */

/** Raised by operations on bad shapes, dtypes or graph states, as PyTorch's `RuntimeError`. */
export class RuntimeError extends Error {
  override name = 'RuntimeError'
}

/** Raised where an algorithm of linear algebra cannot go on: a singular matrix, for example. */
export class LinAlgError extends RuntimeError {
  override name = '_LinAlgError'
}

/** Raised for an argument of the right type with an impossible value, as Python's `ValueError`. */
export class ValueError extends Error {
  override name = 'ValueError'
}

/** Raised for a dimension or index out of range, as Python's `IndexError`. */
export class IndexError extends Error {
  override name = 'IndexError'
}

/** Raised for what is defined but not supported for the given dtype or option, as Python's `NotImplementedError`. */
export class NotImplementedError extends Error {
  override name = 'NotImplementedError'
}

// Every engine has it, but no library of types without the DOM declares it.
declare const console: { warn(message: string): void }

/** Receives the text of a warning and its category, e.g. `UserWarning`. */
export type WarningHandler = (message: string, category: string) => void

let handler: WarningHandler = (message, category) => console.warn(`${category}: ${message}`)

/**
 * Replaces what happens to warnings (printed with `console.warn` by default) and returns the handler before.
 *
 * @example
 * const seen: string[] = []
 * const before = setWarningHandler((message) => seen.push(message))
 * setWarningHandler(before)
 */
export function setWarningHandler(next: WarningHandler): WarningHandler {
  const before = handler
  handler = next
  return before
}

/** Issues a warning in the given category through the current handler. */
export function warn(message: string, category = 'UserWarning'): void {
  handler(message, category)
}

const warned = new Set<string>()

/** Issues a warning the first time only that this text comes up. */
export function warnOnce(message: string, category = 'UserWarning'): void {
  if (warned.has(message)) return
  warned.add(message)
  warn(message, category)
}
