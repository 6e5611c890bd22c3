/** The class of errors that only layers raise. */

/** Raised for an argument that cannot be meant, where PyTorch asserts. */
export class AssertionError extends Error {
  override name = 'AssertionError'
}
