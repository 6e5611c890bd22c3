/**
 * The bytes of the base kernels. Run from source they are emitted here; in a bundle this file is replaced by one that holds them
 * (`packages/core/tools/embed.ts`), and the code that emits them is left out.
 */
import { ModuleBuilder } from './assembler.ts'
import { type Family, families, type Variant, variants } from './families.ts'

/** The module of a family. */
export function baseBytes(family: Family, variant: Variant): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder()
  families[family](module, variants[variant])
  return module.build()
}
