/** One row per operation, by family; ops.test.ts makes the tests of it and is never edited to add one. An operation without a row does not compile. */
import type * as activation from '../src/ops/activation.ts'
import type * as adaptivePool from '../src/ops/adaptive-pool.ts'
import type * as attention from '../src/ops/attention.ts'
import type * as avgPool from '../src/ops/avg-pool.ts'
import type * as conv from '../src/ops/conv.ts'
import type * as differences from '../src/ops/differences.ts'
import type * as distances from '../src/ops/distances.ts'
import type * as einsum from '../src/ops/einsum.ts'
import type * as fold from '../src/ops/fold.ts'
import type * as gradient from '../src/ops/gradient.ts'
import type * as gridSample from '../src/ops/grid-sample.ts'
import type * as ops from '../src/ops/index.ts'
import type * as interpolate from '../src/ops/interpolate.ts'
import type * as join from '../src/ops/join.ts'
import type * as loss from '../src/ops/loss.ts'
import type * as lossClasses from '../src/ops/loss-classes.ts'
import type * as lossDistance from '../src/ops/loss-distance.ts'
import type * as lossLikelihood from '../src/ops/loss-likelihood.ts'
import type * as lossMargin from '../src/ops/loss-margin.ts'
import type * as lossMulti from '../src/ops/loss-multi.ts'
import type * as lpPool from '../src/ops/lp-pool.ts'
import type * as maxPool from '../src/ops/max-pool.ts'
import type * as maxUnpool from '../src/ops/max-unpool.ts'
import type * as normLayers from '../src/ops/norm-layers.ts'
import type * as rectifier from '../src/ops/rectifier.ts'
import { arithmetic } from './rows/arithmetic.ts'
import { arrangements, arranging } from './rows/arranging.ts'
import { convolutions } from './rows/convolutions.ts'
import { functions } from './rows/functions.ts'
import { indexing, lookups } from './rows/indexing.ts'
import { layers } from './rows/layers.ts'
import { linalgRows, linearAlgebra } from './rows/linear-algebra.ts'
import { losses } from './rows/losses.ts'
import { math } from './rows/math.ts'
import { matrices } from './rows/matrices.ts'
import { reductions } from './rows/reductions.ts'
import type { Row } from './rows/row.ts'
import { special } from './rows/special.ts'
import { views } from './rows/views.ts'
import { windows } from './rows/windows.ts'

/** What is a function only; the rest of its files are helpers. */
type Functions =
  | keyof typeof join
  | keyof typeof activation
  | keyof typeof rectifier
  | Exclude<keyof typeof loss, 'checkReduction' | 'reduced'>
  | keyof typeof lossClasses
  | Exclude<keyof typeof lossDistance, 'reduceLosses'>
  | keyof typeof lossLikelihood
  | keyof typeof lossMargin
  | keyof typeof lossMulti
  | Exclude<keyof typeof normLayers, 'checkValues'>
  | keyof typeof attention
  | keyof typeof conv
  | keyof typeof distances
  | keyof typeof einsum
  | keyof typeof differences
  | keyof typeof gradient
  | keyof typeof adaptivePool
  | Exclude<keyof typeof avgPool, 'means'>
  | keyof typeof fold
  | keyof typeof gridSample
  | keyof typeof interpolate
  | keyof typeof lpPool
  | Exclude<keyof typeof maxPool, 'greatest'>
  | keyof typeof maxUnpool

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
  ...linearAlgebra,
  ...functions,
  ...layers,
  ...convolutions,
  ...linalgRows,
  ...losses,
  ...windows,
} satisfies Record<keyof typeof ops | Functions, Row | readonly Row[]>
