/** The contents of `torch.special`. */

export { xlogy } from '../binary.ts'
export {
  digamma,
  digamma as psi,
  igamma as gammainc,
  igammac as gammaincc,
  lgamma as gammaln,
  mvlgamma as multigammaln,
} from '../gamma.ts'
export { erf, erfc, erfinv, exp2, expm1, i0, log1p, logit, sigmoid as expit } from '../math.ts'
export { polygamma } from '../polygamma.ts'
export { round } from '../rounding.ts'
export { entr, erfcx, i0e, i1, i1e, logNdtr, ndtr, ndtri, xlog1py, zeta } from '../special.ts'
export { sinc } from '../trigonometry.ts'
