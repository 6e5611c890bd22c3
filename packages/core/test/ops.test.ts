/** Makes the tests of ops.rows.ts: gradients to second order, views as inputs, dtypes, in-place forms, node names, errors, backends. */
import { describe, expect, it } from 'vitest'
import * as core from '../src/index.ts'
import { type DType, grad, manualSeed, NotImplementedError, RuntimeError, rand, Tensor, tensor, ValueError } from '../src/index.ts'
import * as ops from '../src/ops/index.ts'
import { assertClose, gradcheck, gradgradcheck } from '../src/testing.ts'
import { backends } from './backends.ts'
import { rows } from './ops.rows.ts'
import { type Deviation, deviations } from './rows/deviations.ts'
import type { Row } from './rows/row.ts'

type Op = (...args: unknown[]) => Tensor | Iterable<Tensor>

/** Where a method and a function share a name, rows mean the method. */
const operations = { ...core, ...ops } as unknown as Readonly<Record<string, Op>>

const dtypes: readonly DType[] = ['float32', 'float64', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool']
/** The dtype in which a row's values are compared: the widest that the operation takes. */
const home = (row: Row): DType => (['float64', 'int64', 'bool'] as const).find((d) => row.refuses?.includes(d) !== true) ?? 'float64'
const isFloat = (d: DType): boolean => d.startsWith('float')

/** The row's inputs in a dtype: seeded, between `low` and `high`; whole numbers for integers. */
function inputsOf({ shapes, low = -2, high = 2 }: Row, dtype: DType, requiresGrad = false): Tensor[] {
  manualSeed(7)
  return shapes.map((shape) => {
    const values = rand(shape, { dtype: 'float64' })
      .mul(high - low)
      .add(low)
    if (isFloat(dtype)) return values.to({ dtype }).requiresGrad_(requiresGrad)
    const whole = low > 0 ? values.ceil() : values.round()
    return (dtype === 'uint8' ? whole.abs() : dtype === 'bool' && low <= 0 ? values.gt(0) : whole).to({ dtype })
  })
}

const all = (result: Tensor | Iterable<Tensor>): Tensor[] => (result instanceof Tensor ? [result] : [...result])

/** The row's call as a function of its tensors. */
const callOf = (name: string, row: Row): ((...xs: Tensor[]) => Tensor | Iterable<Tensor>) =>
  row.call ?? ((...xs) => operations[name]!(...xs, ...(row.rest ?? [])))

/** Gradients of the outputs, weighted so that no two elements count the same, with respect to the inputs. */
function gradients(outputs: readonly Tensor[], inputs: readonly Tensor[]): (Tensor | null)[] {
  const recorded = outputs.filter((o) => o.requiresGrad)
  const weights = recorded.map((o) => {
    const w = Float64Array.from({ length: o.numel() }, (_, i) => Math.cos(i))
    return tensor(w, { shape: o.shape, dtype: o.dtype })
  })
  return grad(recorded, inputs, { gradOutputs: weights, allowUnused: true })
}

/** The same elements in another layout: transposed memory, every second place of a longer row, one element for a whole dimension. */
const layouts: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  transposed: (x) => (x.ndim < 2 ? x : x.transpose(0, -1).contiguous().transpose(0, -1)),
  sliced: (x) => {
    const wide = x
      .unsqueeze(-1)
      .expand([...x.shape, 2])
      .contiguous()
    return x.ndim === 0 ? wide.select(-1, 0) : wide.flatten(-2).slice(-1, 0, null, 2)
  },
  expanded: (x) => (x.ndim === 0 ? x : x.narrow(0, 0, Math.min(1, x.shape[0] as number)).expand(x.shape)),
}

/** Result and gradients with input `i` laid out in another way, against those of a dense copy of it. */
function checkLayout(call: (...xs: Tensor[]) => Tensor | Iterable<Tensor>, row: Row, i: number, layout: (x: Tensor) => Tensor): void {
  const run = (dense: boolean): { outputs: Tensor[]; grads: (Tensor | null)[] } => {
    const inputs = inputsOf(row, home(row))
    const laid = layout(inputs[i] as Tensor)
    inputs[i] = dense ? laid.contiguous().clone() : laid
    if (row.gradFn === null || row.skip?.grad !== undefined) return { outputs: all(call(...inputs)), grads: [] }
    const leaves = inputs.map((x) => x.detach().requiresGrad_())
    const outputs = all(call(...leaves))
    return { outputs, grads: gradients(outputs, leaves) }
  }
  const expected = run(true)
  const got = run(false)
  assertClose(got.outputs, expected.outputs)
  assertClose(got.grads, expected.grads)
}

/** The dtype that an input dtype must give, or null where it must be refused: PyTorch's answer, or where we differ ours. */
const expectedDType = (row: Row, { dtypes: ours = {} }: Deviation, dtype: DType): DType | null =>
  ours[dtype] ?? (row.refuses?.includes(dtype) ? null : (row.result ?? ((d: DType) => d))(dtype))

/** The errors with which an operation may refuse a dtype. */
const refusals = [RuntimeError, NotImplementedError, ValueError]

function checkDType(call: (...xs: Tensor[]) => Tensor | Iterable<Tensor>, row: Row, dtype: DType, expected: DType | null): void {
  const inputs = inputsOf(row, dtype)
  if (expected !== null) expect(all(call(...inputs))[0]?.dtype).toBe(expected)
  else expect(() => call(...inputs)).toThrowError(expect.toSatisfy((e) => refusals.some((Class) => e instanceof Class)))
}

/** `x.op_(...)` gives and differentiates as `x.op(...)`. */
function checkInplace(name: string, row: Row): void {
  const run = (method: string): { outputs: Tensor[]; grads: (Tensor | null)[] } => {
    const [x, ...others] = inputsOf(row, home(row), row.gradFn !== null) as [Tensor, ...Tensor[]]
    const copy = x.clone()
    const out = (copy as unknown as Record<string, Op>)[method]!(...others, ...(row.rest ?? []))
    const outputs = all(out)
    return {
      outputs: outputs.map((o) => o.to({ dtype: home(row) })),
      grads: outputs[0]?.requiresGrad ? gradients(outputs, [x, ...others]) : [],
    }
  }
  const [expected, got] = [run(name), run(`${name}_`)]
  assertClose(got.outputs, expected.outputs)
  if (expected.grads.length > 0) assertClose(got.grads, expected.grads)
}

for (const [name, given] of Object.entries(rows as Record<string, Row | readonly Row[]>)) {
  const list = Array.isArray(given) ? (given as readonly Row[]) : [given as Row]
  list.forEach((row, k) => {
    const call = callOf(name, row)
    const label = list.length === 1 ? name : `${name} (${k})`
    const known = deviations[label] ?? {}
    const { gradFn, skip = {} } = row
    describe(label, () => {
      if (gradFn === null)
        it('is not differentiable', () => {
          for (const out of all(call(...inputsOf(row, home(row), true)))) expect(out.requiresGrad).toBe(false)
        })
      else {
        it('names its node', () => {
          expect(all(call(...inputsOf(row, 'float64', true)))[0]?.gradFn?.name).toBe(known.gradFn ?? gradFn)
        })
        if (skip.grad !== undefined)
          it(`has no derivative: ${skip.grad}`, () => {
            const inputs = inputsOf(row, 'float64', true)
            expect(() => gradients(all(call(...inputs)), inputs)).toThrowError(NotImplementedError)
          })
        else
          it('has the gradient of its differences', () => {
            gradcheck(call, inputsOf(row, 'float64', true))
          })
        if (skip.grad === undefined && skip.gradgrad === undefined)
          it('has the second gradient of its differences', () => {
            gradgradcheck(call, inputsOf(row, 'float64', true), { fastMode: true })
          })
      }
      if (skip.views === undefined)
        for (const [layout, lay] of Object.entries(layouts))
          it(`takes ${layout} inputs`, () => {
            for (let i = 0; i < row.shapes.length; i++) checkLayout(call, row, i, lay)
          })
      for (const dtype of dtypes) {
        const expected = expectedDType(row, known, dtype)
        it(`${expected === null ? 'refuses' : 'takes'} ${dtype}`, () => checkDType(call, row, dtype, expected))
      }
      it('gives the same twice', () => {
        const [a, b] = [0, 1].map(() => all(call(...inputsOf(row, home(row)))).map((o) => o.tolist()))
        expect(a).toEqual(b)
      })
      if (row.call === undefined && name in ops) {
        it('is a method too', () => {
          const [x, ...others] = inputsOf(row, home(row)) as [Tensor, ...Tensor[]]
          assertClose(all((x as unknown as Record<string, Op>)[name]!(...others, ...(row.rest ?? []))), all(call(x, ...others)))
        })
        if (`${name}_` in Tensor.prototype && skip.inplace === undefined)
          it('has an in-place form that agrees', () => checkInplace(name, row))
      }
      for (const { name: backend, use } of backends)
        it(`${backend} gives the same`, () => {
          for (const dtype of dtypes) {
            if (row.refuses?.includes(dtype)) continue
            const expected = all(call(...inputsOf(row, dtype)))
            assertClose(all(use(() => call(...inputsOf(row, dtype)))), expected, { equalNan: true })
          }
        })
      for (const { call: fail, message } of row.errors ?? [])
        it(`refuses with '${message}'`, () => {
          expect(() => fail(tensor)).toThrowError(expect.toSatisfy((e: Error) => e.message.split('\n')[0] === message))
        })
    })
  })
}
