/** Turns bytes into functions over the tensors' memory. */
import { isShared, type WasmMemory, wasmMemory } from '../../memory.ts'
import { markShared } from './assembler.ts'

// Every engine has it, but only the library of types with the DOM declares it.
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: Record<string, unknown> }
}

/** Where a kernel comes from: what other threads need to have it too. */
export interface Origin {
  readonly bytes: Uint8Array
  readonly name: string
}

const origins = new WeakMap<object, Origin>()

/** The exports of a module that imports the memory. */
export function instantiate(bytes: Uint8Array): Record<string, unknown> {
  const sharing = isShared()
  if (sharing) markShared(bytes)
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: wasmMemory() } })
  if (sharing) for (const name of Object.keys(exports)) origins.set(exports[name] as object, { bytes, name })
  return exports
}

/** Where a kernel comes from; undefined where threads do not share the memory. */
export const originOf = (kernel: object): Origin | undefined => origins.get(kernel)

/** Whether the engine knows every instruction of a module. */
export const validates = (bytes: Uint8Array): boolean => WebAssembly.validate(bytes)
