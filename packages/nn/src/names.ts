/** The one place where a field's name becomes PyTorch's. */

/**
 * The name under which a field appears in state dicts, `namedParameters()` and reprs: `inProjWeight` -> `in_proj_weight`.
 * Names that are not camelCase (`fc1`, `W_q`, `Wq`, `0`) stay as they are.
 */
export function snakeCase(field: string): string {
  return field.replace(/([a-z0-9])([A-Z]+)/g, (_, before: string, upper: string) => `${before}_${upper.toLowerCase()}`)
}
