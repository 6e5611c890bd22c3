/** What it costs to record an operation: chains of additions of 8 numbers. */
import type { TimedCase } from './case.ts'

const length = 100

const chain = (backward: boolean): TimedCase => ({
  how: 'timed',
  id: `overhead/recorded-add${backward ? '-backward' : ''}`,
  label: backward ? 'recorded add of 8, with its backward' : 'recorded add of 8',
  quick: true,
  task: { kind: 'recorded-add', size: 8, length, backward },
  unit: 'ns/add',
  figure: (ms) => (ms * 1e6) / length,
  warm: 400,
  round: 100,
})

export const overheadCases: readonly TimedCase[] = [chain(false), chain(true)]
