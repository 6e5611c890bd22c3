/** Raised for bytes that are no valid safetensors file, and for tensors that cannot become one. */
export class SafetensorError extends Error {
  override name = 'SafetensorError'
}

/** The error of a bad file, in the reference's words as far as it has them. */
export const invalid = (what: string): SafetensorError => new SafetensorError(`Error while deserializing: ${what}`)
