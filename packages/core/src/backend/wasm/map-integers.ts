/** Pointwise programs with whole numbers as results: computed in doubles, as in the reference, and then converted. */
import { castScalar, type DType } from '../../dtype.ts'
import type { Program } from '../../expr.ts'
import { numelOf } from '../../layout.ts'
import type { View } from '../backend.ts'
import { copy } from './copies.ts'
import { map } from './pointwise-calls.ts'
import { release, temporary } from './temporary.ts'

/** Fewer elements than this are sooner computed by the reference. */
const FEW = 64

/** Runs the program; false where it has to be the reference's work. */
export function mapIntegers(program: Program, compute: DType, out: View, inputs: readonly (View | number)[]): boolean {
  const { dtype } = out
  if (out.pointer === 0 || compute === 'float32' || dtype === 'float32' || dtype === 'float64' || dtype === 'bool') return false
  if (numelOf(out.shape) < FEW) return false
  const doubles = temporary('float64', out.shape)
  // Converted aside: `out` may be an input too, which the reference would need again where a result has no place in the dtype.
  const results = temporary(dtype, out.shape)
  const numbers = inputs.map((x) => (typeof x === 'number' ? castScalar(x, compute) : x))
  const done =
    doubles !== null && results !== null && map(program, compute, doubles, numbers) && copy(doubles, results) && copy(results, out)
  release(doubles, results)
  return done
}
