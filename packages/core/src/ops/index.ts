/** The operations that become methods: functions whose first argument is a tensor, and nothing else. */
export * from './arithmetic.ts'
export * from './binary.ts'
export * from './bitwise.ts'
export * from './compare.ts'
export { aminmax, countNonzero, nanmean, nansum } from './counts.ts'
export * from './gamma.ts'
export { gather, indexSelect } from './indexing.ts'
export * from './linalg.ts'
export * from './math.ts'
export { std, stdMean, var, varMean } from './moments.ts'
export * from './number-class.ts'
export * from './pairs.ts'
export * from './parts.ts'
export { prod } from './prod.ts'
export { all, amax, amin, any, argmax, argmin, max, mean, min, sum } from './reduce.ts'
export * from './rounding.ts'
export * from './special.ts'
export { asStrided } from './strided.ts'
export * from './trigonometry.ts'
export {
  chunk,
  clone,
  contiguous,
  expand,
  expandAs,
  flatten,
  movedim,
  narrow,
  permute,
  ravel,
  reshape,
  reshapeAs,
  select,
  slice,
  split,
  squeeze,
  t,
  transpose,
  unbind,
  unflatten,
  unsqueeze,
  view,
  viewAs,
} from './view.ts'
export { whereSelf as where } from './where.ts'
