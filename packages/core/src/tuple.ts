/** Several results under PyTorch's field names, which can also be destructured as an array. */
export function namedTuple<R extends Record<string, unknown>>(fields: R): R & Iterable<R[keyof R]> {
  const values = Object.values(fields) as R[keyof R][]
  return Object.defineProperty(fields, Symbol.iterator, { value: () => values[Symbol.iterator](), enumerable: false }) as R &
    Iterable<R[keyof R]>
}
