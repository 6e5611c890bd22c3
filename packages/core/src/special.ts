/**
 * The special functions as scalar functions of doubles, for the kernels: nothing here knows tensors.
 * At NaN, infinities, poles and zeros they give what `torch.special` gives on the CPU in float64; a difference is told where it is.
 */

export { i0, i0e, i1, i1e } from './special/bessel.ts'
export { digamma } from './special/digamma.ts'
export { erf, erfc, erfcx } from './special/erf.ts'
export { lgamma } from './special/gamma.ts'
export { igamma, igammac } from './special/igamma.ts'
export { erfinv, logNdtr, ndtri } from './special/normal.ts'
export { polygamma } from './special/polygamma.ts'
export { zeta } from './special/zeta.ts'
