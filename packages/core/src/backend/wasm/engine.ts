/** Turns bytes into functions over the tensors' memory. */
import { type WasmMemory, wasmMemory } from '../../memory.ts'

// Every engine has it, but only the library of types with the DOM declares it.
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: { env: { memory: WasmMemory } }) => { readonly exports: Record<string, unknown> }
}

/** The exports of a module that imports the memory. */
export function instantiate(bytes: Uint8Array): Record<string, unknown> {
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory: wasmMemory() } }).exports
}

/** Whether the engine knows every instruction of a module. */
export const validates = (bytes: Uint8Array): boolean => WebAssembly.validate(bytes)
