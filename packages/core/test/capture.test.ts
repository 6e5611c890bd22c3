/** Recordings against what they were made of: every operation's row, and random programs, to the bit. */
import { describe, expect, it } from 'vitest'
import { kernels } from '../src/backend/index.ts'
import { fuse, withoutUnread } from '../src/capture/fuse.ts'
import { type Entry, Recorder } from '../src/capture/recorder.ts'
import * as core from '../src/index.ts'
import {
  compile,
  type DType,
  Generator,
  getNumThreads,
  grad,
  manualSeed,
  noGrad,
  rand,
  setNumThreads,
  Tensor,
  tensor,
} from '../src/index.ts'
import * as ops from '../src/ops/index.ts'
import { rows } from './ops.rows.ts'
import type { Row } from './rows/row.ts'

type Op = (...args: unknown[]) => Tensor | Iterable<Tensor>
const operations = { ...core, ...ops } as unknown as Readonly<Record<string, Op>>

/** What a tensor is, to the bit and the layout. */
const bits = (x: Tensor): unknown => [x.shape, x.detach().clone().stride(), x.dtype, x.tolist()]

function inputsOf({ shapes, low = -2, high = 2, refuses }: Row, seed: number): Tensor[] {
  const dtype = (['float32', 'int64', 'bool'] as const).find((d) => refuses?.includes(d) !== true) ?? 'float32'
  manualSeed(seed)
  return shapes.map((shape) => {
    const values = rand(shape, { dtype: 'float64' })
      .mul(high - low)
      .add(low)
    return (dtype === 'float32' ? values : dtype === 'bool' ? values.gt(0) : low > 0 ? values.ceil() : values.round()).to({ dtype })
  })
}

/** The row's call with its gradients, all results in one list. */
function stepOf(name: string, row: Row): (...xs: Tensor[]) => Tensor[] {
  const call = row.call ?? ((...xs: Tensor[]) => operations[name]!(...xs, ...(row.rest ?? [])))
  return (...xs) => {
    const recorded = row.gradFn !== null && row.skip?.grad === undefined
    const leaves = recorded ? xs.map((x) => (x.isFloatingPoint() ? x.detach().requiresGrad_() : x)) : xs
    const made = call(...leaves)
    const outputs = made instanceof Tensor ? [made] : [...made]
    const roots = outputs.filter((o) => o.requiresGrad)
    const wanted = leaves.filter((x) => x.requiresGrad)
    if (roots.length === 0) return outputs
    const given = roots.map((o) => o.detach().isfinite().to({ dtype: o.dtype }).mul(0.7))
    return [...outputs, ...grad(roots, wanted, { gradOutputs: given, allowUnused: true }).filter((g) => g !== null)]
  }
}

/** Whether an error is the recording's own. */
const refused = (e: unknown): boolean => e instanceof Error && e.message.startsWith('compile(): ')

describe('every operation gives the same compiled, or is refused', () => {
  const all = Object.entries(rows) as unknown as [string, Row | readonly Row[]][]
  let compiledRows = 0
  it.each(all)('%s', (name, given) => {
    for (const row of [given].flat() as Row[]) {
      const step = stepOf(name, row)
      const compiled = compile(step)
      for (const seed of [7, 8, 9]) {
        let expected: unknown
        try {
          manualSeed(seed + 1)
          expected = step(...inputsOf(row, seed)).map(bits)
        } catch {
          continue
        }
        const inputs = inputsOf(row, seed)
        try {
          manualSeed(seed + 1)
          inputsOf(row, seed)
          manualSeed(seed + 1)
          expect(compiled(...inputs).map(bits)).toEqual(expected)
        } catch (e) {
          // Once refused, always refused: it is not the values that decide.
          if (!refused(e)) throw e
          expect(seed).toBe(7)
          break
        }
        compiledRows++
      }
    }
  })
  it('and few are refused', () => {
    expect(compiledRows).toBeGreaterThan(1500)
  })
})

/** A program of random steps over a matrix, a row, a column and a number: some in place, some over views, results at random. */
function randomProgram(seed: number, dtype: DType, inplace = true): (...xs: Tensor[]) => Tensor[] {
  return (...xs) => {
    // The same choices at each call.
    const stream = new Generator().manualSeed(seed)
    const upTo = (n: number): number => Number(stream.engine.random64() % BigInt(n))
    const values = xs.map((x) => x.mul(1.5))
    const pick = (): Tensor => values[upTo(values.length)] as Tensor
    const steps: readonly ((x: Tensor, y: Tensor) => Tensor)[] = [
      (x, y) => x.add(y),
      (x, y) => x.sub(y),
      (x, y) => x.mul(y),
      (x, y) => x.maximum(y),
      (x, y) => x.div(y.abs().add(0.5)),
      (x) => x.sigmoid(),
      (x) => x.tanh(),
      (x) => x.exp().minimum(10),
      (x) => x.abs().add(1).log(),
      (x) => x.sin(),
      (x) => x.clamp({ min: -1, max: 2 }),
      (x, y) => x.gt(y).to({ dtype }).mul(x),
      (x) => x.neg().mul(0.3),
      (x) => x.pow(2).sub(1),
      (x) => x.sum(-1, { keepdim: true }),
      (x) => x.mean(),
      (x) => x.sqrt().nanToNum(),
      (x) => (x.ndim === 2 && x.shape[0] === x.shape[1] ? x.t() : x.lgamma().minimum(3)),
    ]
    for (let i = 0; i < 24; i++) {
      const [x, y] = [pick(), pick()]
      const at = upTo(steps.length + (inplace ? 3 : 0))
      if (at < steps.length) values.push((steps[at] as (x: Tensor, y: Tensor) => Tensor)(x, y))
      else if (x.ndim >= y.ndim && y.shape.every((n, d) => n === 1 || n === x.shape[x.ndim - y.ndim + d]) && x.storage !== y.storage)
        at === steps.length ? x.add_(y) : at === steps.length + 1 ? x.mul_(0.5) : x.tanh_()
    }
    return values.filter((_, i) => i >= values.length - 2 || upTo(6) === 0)
  }
}

describe('random programs', () => {
  const shapes = [[7, 7], [7], [7, 1], []]
  const inputs = (seed: number, dtype: DType, large = false): Tensor[] => {
    manualSeed(seed)
    return shapes.map((shape) =>
      rand(
        shape.map((n) => (large && n === 7 ? 300 : n)),
        { dtype },
      )
        .mul(4)
        .sub(2),
    )
  }
  const check = (seed: number, dtype: DType, large = false): void => {
    const program = randomProgram(seed, dtype)
    const compiled = compile(program)
    for (let i = 0; i < 3; i++)
      expect(compiled(...inputs(seed + i, dtype, large)).map(bits)).toEqual(program(...inputs(seed + i, dtype, large)).map(bits))
  }
  it.each(['float32', 'float64'] as const)('of %s give the same bits', (dtype) => {
    for (let seed = 0; seed < 120; seed++) check(seed, dtype)
  })

  it('give the same bits with threads', () => {
    const before = getNumThreads()
    setNumThreads(2)
    try {
      for (let seed = 200; seed < 206; seed++) check(seed, 'float32', true)
    } finally {
      setNumThreads(before)
    }
  })

  it('have the same gradients', () => {
    for (let seed = 300; seed < 360; seed++) {
      const program = randomProgram(seed, 'float32', false)
      const step = (...xs: Tensor[]): Tensor[] => {
        const leaves = xs.map((x) => x.detach().requiresGrad_())
        const roots = program(...leaves).filter((x) => x.requiresGrad)
        return grad(
          roots.map((x) => x.sum()),
          leaves,
          { allowUnused: true },
        ).filter((g) => g !== null)
      }
      const compiled = compile(step)
      for (let i = 0; i < 3; i++)
        expect(compiled(...inputs(seed + i, 'float32')).map(bits)).toEqual(step(...inputs(seed + i, 'float32')).map(bits))
    }
  })
})

describe('pointwise kernels one after another', () => {
  /** What is left to do of a function. */
  function entriesOf(fn: (x: Tensor) => Tensor | readonly Tensor[]): Entry[] {
    const x = rand([4, 5])
    const recorder = new Recorder(kernels, [x])
    const result = recorder.record(() => noGrad(() => fn(x)))
    for (const t of [result].flat() as Tensor[]) recorder.visible.add(t.storage)
    const hidden = (s: Tensor['storage']): boolean => recorder.hidden(s)
    return fuse(withoutUnread(recorder.entries, hidden), hidden)
  }
  const row = tensor([1, 2, 3, 4, 5])

  it('become one', () => {
    expect(entriesOf((x) => x.mul(2).exp().add(row).neg().sigmoid())).toHaveLength(1)
    expect(entriesOf((x) => x.mul(2).mul_(row).add_(1))).toHaveLength(1)
    expect(entriesOf((x) => x.sin().mul(x.cos()))).toHaveLength(1)
    expect(entriesOf((x) => x.matmul(x.t()).add_(1).tanh())).toHaveLength(2)
  })

  it('unless the result between is wanted elsewhere', () => {
    expect(
      entriesOf((x) => {
        const y = x.exp()
        return [y, y.add(1)]
      }),
    ).toHaveLength(2)
    expect(
      entriesOf((x) => {
        const y = x.exp()
        return [y.add(1), y.sub(1)]
      }),
    ).toHaveLength(3)
  })

  it('unless shapes, dtypes or the arithmetic differ', () => {
    expect(entriesOf((x) => x.sum(0).exp().add(x))).toHaveLength(3)
    expect(entriesOf((x) => x.exp().double().add(1))).toHaveLength(3)
    // One is the reference's work, the other WebAssembly's.
    expect(entriesOf((x) => x.exp().lgamma())).toHaveLength(2)
  })

  it('unless an operand is written in between', () => {
    const other = rand([4, 5])
    const fn = (x: Tensor): Tensor => {
      const y = x.mul(other)
      other.add_(1)
      return y.exp()
    }
    expect(entriesOf(fn)).toHaveLength(3)
  })

  it('unless there are too many operands', () => {
    const others = Array.from({ length: 10 }, () => rand([4, 5]))
    const sum = (x: Tensor): Tensor => others.reduce((t, y) => t.add(y), x)
    expect(entriesOf(sum)).toHaveLength(2)
    const x = rand([4, 5])
    expect(bits(compile(sum)(x))).toEqual(bits(sum(x)))
  })

  it('and what nobody reads is left out', () => {
    expect(
      entriesOf((x) => {
        x.exp().sum()
        return x.neg()
      }),
    ).toHaveLength(1)
  })
})
