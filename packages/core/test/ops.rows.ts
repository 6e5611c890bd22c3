/** One row per operation, by family; ops.test.ts makes the tests of it and is never edited to add one. An operation without a row does not compile. */
import type * as activation from '../src/ops/activation.ts'
import type * as ops from '../src/ops/index.ts'
import type * as join from '../src/ops/join.ts'
import type * as loss from '../src/ops/loss.ts'
import type * as rectifier from '../src/ops/rectifier.ts'
import { arithmetic } from './rows/arithmetic.ts'
import { arrangements, arranging } from './rows/arranging.ts'
import { functions } from './rows/functions.ts'
import { indexing, lookups } from './rows/indexing.ts'
import { math } from './rows/math.ts'
import { matrices } from './rows/matrices.ts'
import { reductions } from './rows/reductions.ts'
import type { Row } from './rows/row.ts'
import { special } from './rows/special.ts'
import { views } from './rows/views.ts'

/** What is a function only; the rest of its files are helpers. */
type Functions =
  | keyof typeof join
  | keyof typeof activation
  | keyof typeof rectifier
  | Exclude<keyof typeof loss, 'checkReduction' | 'reduced'>

export const rows = {
  ...arithmetic,
  ...math,
  ...special,
  ...reductions,
  ...views,
  ...arranging,
  ...arrangements,
  ...indexing,
  ...lookups,
  ...matrices,
  ...functions,
} satisfies Record<keyof typeof ops | Functions, Row | readonly Row[]>
