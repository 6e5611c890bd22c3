/** Stable sorting by merging. */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler.ts'
import { countDown, countUp } from './float-type.ts'

type L = Local

/**
 * `(rows, n, keys, order, keys2, places, places2)`: sorts each row of n >= 1 doubles, and tells in `order`, in doubles too, where each stood.
 * NaN counts as the greatest; equals keep their order. The last three point to room for n doubles, and twice n integers.
 */
function emitSort(module: ModuleBuilder, descending: boolean): void {
  const f = module.function(
    `sort ${descending ? 'down' : 'up'}`,
    Array.from({ length: 7 }, () => 'i32' as const),
  )
  const [rows, n, keys, order, keys2, places, places2] = f.params as [L, L, L, L, L, L, L]
  const local = () => f.local('i32')
  const [from, to, fromPlaces, toPlaces, swap] = [local(), local(), local(), local(), local()]
  const [width, low, middle, high, i, j, k, right] = [local(), local(), local(), local(), local(), local(), local(), local()]
  const [a, b] = [f.local('f64'), f.local('f64')]
  const key = (base: Local, index: Local) => at(base, index, 3)
  const place = (base: Local, index: Local) => at(base, index, 2)
  function at(base: Local, index: Local, shift: number): FunctionBuilder {
    return f.get(base).get(index).i32(shift).op('i32.shl', 'i32.add')
  }
  /** `out = min(x + width, n)`. */
  const ahead = (x: Local, out: Local) =>
    f.get(x).get(width).op('i32.add').tee(out).get(n).get(out).get(n).op('i32.lt_s', 'select').set(out)
  const exchange = (x: Local, y: Local) => f.get(x).set(swap).get(y).set(x).get(swap).set(y)

  /** Merges what lies from `low` to `middle` and from there to `high`. */
  const merge = () => {
    f.get(low).set(i).get(middle).set(j).get(low).set(k)
    f.loop((next) => {
      f.get(i).get(middle).op('i32.lt_s').get(j).get(high).op('i32.lt_s', 'i32.and')
      f.if(
        () => {
          key(from, i).load('f64.load').set(a)
          key(from, j).load('f64.load').set(b)
          // Whether the second comes before the first.
          f.get(b)
            .get(a)
            .op(descending ? 'f64.gt' : 'f64.lt')
          const [nan, number] = descending ? [b, a] : [a, b]
          f.get(nan).get(nan).op('f64.ne').get(number).get(number).op('f64.eq', 'i32.and', 'i32.or').set(right)
        },
        () => f.get(i).get(middle).op('i32.ge_s').set(right),
      )
      f.get(j).get(i).get(right).op('select').set(swap)
      key(to, k)
      key(from, swap).load('i64.load').store('i64.store')
      place(toPlaces, k)
      place(fromPlaces, swap).load('i32.load').store('i32.store')
      f.get(j).get(right).op('i32.add').set(j)
      f.get(i).i32(1).op('i32.add').get(right).op('i32.sub').set(i)
      f.increment(k, 1).get(k).get(high).op('i32.lt_s').brIf(next)
    })
  }

  countDown(f, rows, 1, () => {
    countUp(f, i, n, 1, () => {
      place(places, i)
      f.get(i).store('i32.store')
    })
    f.get(keys).set(from).get(keys2).set(to).get(places).set(fromPlaces).get(places2).set(toPlaces).i32(1).set(width)
    f.block((done) =>
      f.loop((wider) => {
        f.get(width).get(n).op('i32.ge_s').brIf(done).i32(0).set(low)
        f.loop((next) => {
          ahead(low, middle)
          ahead(middle, high)
          merge()
          f.get(high).tee(low).get(n).op('i32.lt_s').brIf(next)
        })
        exchange(from, to)
        exchange(fromPlaces, toPlaces)
        f.get(width).i32(1).op('i32.shl').set(width).br(wider)
      }),
    )
    countUp(f, i, n, 1, () => {
      key(keys, i)
      key(from, i).load('i64.load').store('i64.store')
      key(order, i)
      place(fromPlaces, i).load('i32.load').op('f64.convert_i32_s').store('f64.store')
    })
    for (const row of [keys, order]) at(row, n, 3).set(row)
  })
}

/** Emits both directions. */
export function emitSorts(module: ModuleBuilder): void {
  emitSort(module, false)
  emitSort(module, true)
}
