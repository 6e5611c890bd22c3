/** The reference backend: complete, any dtype, any view, obviously correct. */
import type { Backend } from '../backend.ts'
import { gather, scatter, sort } from './indexing.ts'
import { matmul } from './matmul.ts'
import { copy, map } from './pointwise.ts'
import { mapLines, maxPool, sumPool } from './pooling.ts'
import { argReduce, argScan, reduce, scan } from './reduce.ts'

export const reference: Backend = { map, copy, reduce, argReduce, matmul, scan, argScan, gather, scatter, sort, maxPool, sumPool, mapLines }
