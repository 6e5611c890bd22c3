/** All cases, in the order in which they are run and shown. */
import type { Case } from './case.ts'
import { elementwiseCases, reductionCases } from './elementwise.ts'
import { gemmCases } from './gemm.ts'
import { overheadCases } from './overhead.ts'
import { threadCases } from './threads.ts'
import { convCases, logisticCases, logisticStep, mlpCases } from './training.ts'

const first = { ...logisticStep, checked: 1 }

export const cases: readonly Case[] = [
  ...logisticCases,
  ...mlpCases,
  ...convCases,
  ...gemmCases,
  ...elementwiseCases,
  ...reductionCases,
  ...overheadCases,
  ...threadCases,
  { how: 'memory', id: 'memory/sync', label: 'logistic steps in one synchronous loop', quick: true, task: logisticStep, yields: false },
  { how: 'memory', id: 'memory/async', label: 'the same, the event loop turning', quick: true, task: logisticStep, yields: true },
  { how: 'cold', id: 'start/first-loss', label: 'import to first loss', quick: true, task: first },
  { how: 'bundle', id: 'bundle/step', label: 'what a logistic step needs', quick: true, part: 'step' },
  { how: 'bundle', id: 'bundle/everything', label: 'everything', quick: true, part: 'everything' },
]
