/** The reference backend: complete, any dtype, any view, obviously correct. */
import type { Backend } from '../backend.ts'
import { col2im, im2col } from './columns.ts'
import { gather, scatter, sort } from './indexing.ts'
import { matmul } from './matmul.ts'
import { correlatePlanes, filterPlanes } from './planes.ts'
import { copy, map, mapReduce } from './pointwise.ts'
import { mapLines, maxPool, sumPool } from './pooling.ts'
import { argReduce, argScan, reduce, scan } from './reduce.ts'
import { nll, nllBackward, softmax, softmaxBackward } from './softmax.ts'

export const reference: Backend = {
  map,
  mapReduce,
  copy,
  reduce,
  argReduce,
  matmul,
  scan,
  argScan,
  gather,
  scatter,
  sort,
  softmax,
  softmaxBackward,
  nll,
  nllBackward,
  im2col,
  col2im,
  filterPlanes,
  correlatePlanes,
  maxPool,
  sumPool,
  mapLines,
}
