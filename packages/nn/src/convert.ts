/** Changing the dtype of what modules keep. */
import type { DType, Tensor } from '@tapegrad/core'
import { Buffer, Parameter } from './parameter.ts'

function converted(x: Parameter | Buffer, dtype: DType): Parameter | Buffer {
  const data = x.detach().to({ dtype })
  return x instanceof Buffer ? new Buffer(data, { persistent: x.persistent }) : new Parameter(data, x.requiresGrad)
}

/** Replaces floating-point parameters and buffers in the fields of these modules; what was shared stays shared. */
export function convertFields(modules: Iterable<object>, dtype: DType): void {
  const made = new Map<Tensor, Parameter | Buffer>()
  for (const module of modules) {
    for (const [field, value] of Object.entries(module)) {
      if (!(value instanceof Parameter || value instanceof Buffer) || !value.isFloatingPoint() || value.dtype === dtype) continue
      const x = made.get(value) ?? converted(value, dtype)
      made.set(value, x)
      Reflect.set(module, field, x)
    }
  }
}
