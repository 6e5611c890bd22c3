/** Packing: panels of A and B in the order in which the tiles read them, from any strides. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { countUp, type FloatType, laneShuffle } from './float-type.ts'

/** Transposes a square of vectors, with `t` as room. */
function transpose(f: FunctionBuilder, type: FloatType, v: readonly Local[], t: readonly Local[]): void {
  const pick = (x: Local, y: Local, picks: readonly number[], out: Local) => f.get(x).get(y).shuffle(laneShuffle(type, picks)).set(out)
  if (type.count === 2) {
    pick(v[0]!, v[1]!, [0, 2], t[0]!)
    pick(v[0]!, v[1]!, [1, 3], t[1]!)
    f.get(t[0]!).set(v[0]!).get(t[1]!).set(v[1]!)
    return
  }
  for (const half of [0, 1]) {
    pick(v[2 * half]!, v[2 * half + 1]!, [0, 4, 1, 5], t[half]!)
    pick(v[2 * half]!, v[2 * half + 1]!, [2, 6, 3, 7], t[2 + half]!)
  }
  for (const half of [0, 1]) {
    pick(t[2 * half]!, t[2 * half + 1]!, [0, 1, 4, 5], v[2 * half]!)
    pick(t[2 * half]!, t[2 * half + 1]!, [2, 3, 6, 7], v[2 * half + 1]!)
  }
}

/** Stores the first 4, 8 or 12 bytes of a vector. */
function storeSome(f: FunctionBuilder, to: Local, v: Local, bytes: number, at: number): void {
  if (bytes >= 8) f.get(to).get(v).laneMemory('v128.store64_lane', 0, at)
  if (bytes !== 8)
    f.get(to)
      .get(v)
      .laneMemory('v128.store32_lane', bytes === 4 ? 0 : 2, bytes === 4 ? at : at + 8)
}

/**
 * Packs up to `width` lines into a panel, `panel[p * width + i] = source[i * lineStep + p * kStep]` for p < k: `(lines, k, source, lineStep, kStep, panel)`,
 * steps in bytes. Lines are rows of A or columns of B. Missing lines become 0.
 */
export function emitPack(module: ModuleBuilder, type: FloatType, width: number): FunctionBuilder {
  const f = module.function(null, ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'])
  const [lines, k, source, lineStep, kStep, panel] = f.params as [Local, Local, Local, Local, Local, Local]
  const { size, count, scalar } = type
  const i = f.local('i32')
  const from = f.local('i32')
  const v = Array.from({ length: count }, () => f.local('v128'))
  const t = Array.from({ length: count }, () => f.local('v128'))
  const advance = (by: number) => f.increment(panel, by * width * size)

  f.block((done) => {
    f.get(lines).i32(width).op('i32.eq')
    f.if(() => {
      // Lines side by side: every k is one short copy.
      f.get(lineStep).i32(size).op('i32.eq')
      f.if(() => {
        f.loop((next) => {
          const end = width * size
          let at = 0
          for (; at + 16 <= end; at += 16) f.get(panel).get(source).load('v128.load', at).store('v128.store', at)
          if (at + 8 <= end) {
            f.get(panel).get(source).load('i64.load', at).store('i64.store', at)
            at += 8
          }
          if (at < end) f.get(panel).get(source).load('i32.load', at).store('i32.store', at)
          advance(1).get(source).get(kStep).op('i32.add').set(source)
          f.get(k).i32(1).op('i32.sub').tee(k).brIf(next)
        }).br(done)
      })
      // Lines that run along k: small squares are transposed.
      f.get(kStep).i32(size).op('i32.eq').get(k).i32(count).op('i32.ge_s', 'i32.and')
      f.if(() =>
        f.loop((next) => {
          f.get(source).set(from)
          for (let first = 0; first < width; first += count) {
            const many = Math.min(count, width - first)
            for (let y = 0; y < count; y++) {
              if (y < many) f.get(from).load('v128.load').set(v[y]!).get(from).get(lineStep).op('i32.add').set(from)
              else f.get(v[y % many]!).set(v[y]!)
            }
            transpose(f, type, v, t)
            for (let y = 0; y < count; y++) {
              const at = (y * width + first) * size
              if (many === count) f.get(panel).get(v[y]!).store('v128.store', at)
              else storeSome(f, panel, v[y]!, many * size, at)
            }
          }
          advance(count).increment(source, 16).increment(k, -count)
          f.get(k).i32(count).op('i32.ge_s').brIf(next)
        }),
      )
      f.get(k).op('i32.eqz').brIf(done)
    })
    f.loop((next) => {
      f.get(source).set(from)
      countUp(f, i, lines, 1, () => {
        const to = () => f.get(panel).get(i).i32(type.shift).op('i32.shl', 'i32.add')
        to().get(from).load(`${scalar}.load`).store(`${scalar}.store`).get(from).get(lineStep).op('i32.add').set(from)
      })
      f.block((filled) =>
        f.loop((more) => {
          f.get(i).i32(width).op('i32.ge_s').brIf(filled)
          f.get(panel).get(i).i32(type.shift).op('i32.shl', 'i32.add')
          if (scalar === 'f32') f.f32(0)
          else f.f64(0)
          f.store(`${scalar}.store`).increment(i, 1).br(more)
        }),
      )
      advance(1).get(source).get(kStep).op('i32.add').set(source)
      f.get(k).i32(1).op('i32.sub').tee(k).brIf(next)
    })
  })
  return f
}

/** Copies or adds a narrow block of numbers: `(rows, columns, source, sourceStep, target, targetStep, accumulate)`, steps in bytes, rows and columns >= 1. */
export function emitCopyBlock(module: ModuleBuilder, type: FloatType): FunctionBuilder {
  const f = module.function(null, ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'])
  const [rows, columns, source, sourceStep, target, targetStep, accumulate] = f.params as [Local, Local, Local, Local, Local, Local, Local]
  const { scalar, shift } = type
  const i = f.local('i32')
  f.get(columns).i32(shift).op('i32.shl').set(columns)
  f.loop((next) => {
    countUp(f, i, columns, type.size, () => {
      const at = (p: Local) => f.get(p).get(i).op('i32.add')
      at(target)
      at(source).load(`${scalar}.load`)
      f.get(accumulate).if(
        () => at(target).load(`${scalar}.load`),
        // Adding -0 changes no number, not even -0.
        () => (scalar === 'f32' ? f.f32(-0) : f.f64(-0)),
        scalar,
      )
      f.op(`${scalar}.add`).store(`${scalar}.store`)
    })
    f.get(source).get(sourceStep).op('i32.add').set(source)
    f.get(target).get(targetStep).op('i32.add').set(target)
    f.get(rows).i32(1).op('i32.sub').tee(rows).brIf(next)
  })
  return f
}
