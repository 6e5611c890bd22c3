/** Writes one byte again and again. Typed arrays do it too, but on memory that threads share byte by byte, thirty times slower. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'

/** Bytes from which the engine's own instruction, a call of its run time, is worth it. */
const MANY = 1024

/** Emits the exported function `fill(at, bytes, value)`: fills up to the next multiple of 16, as far as any allocation goes. */
export function emitFill(module: ModuleBuilder): FunctionBuilder {
  const f = module.function('fill', ['i32', 'i32', 'i32'])
  const [at, bytes, value] = f.params as [Local, Local, Local]
  const v = f.local('v128')
  f.get(bytes).i32(MANY).op('i32.ge_u')
  f.if(() => f.get(at).get(value).get(bytes).op('memory.fill', 'return'))
  f.get(value).op('i8x16.splat').set(v)
  f.block((done) =>
    f.loop((next) => {
      f.get(bytes).i32(0).op('i32.le_s').brIf(done)
      f.get(at).get(v).store('v128.store')
      f.increment(at, 16).increment(bytes, -16).br(next)
    }),
  )
  return f
}
