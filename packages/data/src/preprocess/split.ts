/** How large the parts are and what draws them. */
export interface SplitOptions {
  /** Fraction for validation. Default 0.1; 0 for none. */
  val?: number
  /** Fraction for the test. Default 0.2; 0 for none. */
  test?: number
  /** Default 42. */
  seed?: number | bigint
  /** Every part has each class in the table's proportion. Default true. */
  stratify?: boolean
  /** False: the parts are consecutive stretches, in the file's order (not stratified). Default true. */
  shuffle?: boolean
  /** Class names, for messages. */
  classes?: readonly string[]
}

/** Row numbers of each part: disjoint, together every row. */
export interface Split {
  readonly train: Uint32Array
  readonly validation: Uint32Array
  readonly test: Uint32Array
}

export function stratifiedSplit(_labels: ArrayLike<number>, _options: SplitOptions = {}): Split {
  throw new Error('not yet')
}
