/** Pointwise operations and reductions of 1e2 to 1e7 numbers. */
import type { ElementwiseTask, ReductionTask, Task } from '../task.ts'
import type { TimedCase } from './case.ts'

const exponents = [2, 3, 4, 5, 6, 7]

function perElement(group: string, op: string, exponent: number, task: Task, label: string): TimedCase {
  return {
    how: 'timed',
    id: `${group}/${op}-1e${exponent}`,
    label,
    quick: (op === 'exp' || op === 'add' || op === 'softmax' || op === 'sum') && (exponent === 3 || exponent === 6),
    task,
    unit: 'ns/element',
    figure: (ms) => (ms * 1e6) / 10 ** exponent,
    warm: 80,
    round: 50,
  }
}

const pointwise: readonly ElementwiseTask['op'][] = ['add', 'exp', 'sigmoid', 'log']
export const elementwiseCases: readonly TimedCase[] = pointwise.flatMap((op) =>
  exponents.map((e) => perElement('elementwise', op, e, { kind: 'elementwise', op, n: 10 ** e }, `${op} of 1e${e}`)),
)

const reductions: readonly ReductionTask['op'][] = ['sum', 'row-sum', 'column-sum', 'softmax']
export const reductionCases: readonly TimedCase[] = reductions.flatMap((op) =>
  exponents.map((e) => {
    const rows = 10 ** Math.floor(e / 2)
    const columns = 10 ** Math.ceil(e / 2)
    return perElement('reduction', op, e, { kind: 'reduction', op, rows, columns }, `${op.replace('-', ' ')} of ${rows} x ${columns}`)
  }),
)
