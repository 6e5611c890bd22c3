/**
 * The modified Bessel functions of the first kind, of orders 0 and 1.
 * The Chebyshev expansions are those of the Cephes library, for x / 2 - 2 up to 8 and for 32 / x - 2 above.
 */
import { chebyshev } from './polynomial.ts'

// exp(-x) I0(x) for 0 <= x <= 8
const I0_NEAR = [
  -4.4153416464793395e-18, 3.3307945188222384e-17, -2.431279846547955e-16, 1.715391285555133e-15, -1.1685332877993451e-14,
  7.676185498604936e-14, -4.856446783111929e-13, 2.95505266312964e-12, -1.726826291441556e-11, 9.675809035373237e-11,
  -5.189795601635263e-10, 2.6598237246823866e-9, -1.300025009986248e-8, 6.046995022541919e-8, -2.670793853940612e-7,
  0.0000011173875391201037, -0.0000044167383584587505, 0.000016448448070728896, -0.00005754195010082104, 0.00018850288509584165,
  -0.0005763755745385824, 0.0016394756169413357, -0.004324309995050576, 0.010546460394594998, -0.02373741480589947, 0.04930528423967071,
  -0.09490109704804764, 0.17162090152220877, -0.3046826723431984, 0.6767952744094761,
]

// exp(-x) sqrt(x) I0(x) for x > 8
const I0_FAR = [
  -7.233180487874754e-18, -4.830504485944182e-18, 4.46562142029676e-17, 3.461222867697461e-17, -2.8276239805165836e-16,
  -3.425485619677219e-16, 1.7725601330565263e-15, 3.8116806693526224e-15, -9.554846698828307e-15, -4.150569347287222e-14,
  1.54008621752141e-14, 3.8527783827421426e-13, 7.180124451383666e-13, -1.7941785315068062e-12, -1.3215811840447713e-11,
  -3.1499165279632416e-11, 1.1889147107846439e-11, 4.94060238822497e-10, 3.3962320257083865e-9, 2.266668990498178e-8, 2.0489185894690638e-7,
  0.0000028913705208347567, 0.00006889758346916825, 0.0033691164782556943, 0.8044904110141088,
]

// exp(-x) I1(x) / x for 0 <= x <= 8
const I1_NEAR = [
  2.7779141127610464e-18, -2.111421214358166e-17, 1.5536319577362005e-16, -1.1055969477353862e-15, 7.600684294735408e-15,
  -5.042185504727912e-14, 3.223793365945575e-13, -1.9839743977649436e-12, 1.1736186298890901e-11, -6.663489723502027e-11,
  3.625590281552117e-10, -1.8872497517228294e-9, 9.381537386495773e-9, -4.445059128796328e-8, 2.0032947535521353e-7, -8.568720264695455e-7,
  0.0000034702513081376785, -0.000013273163656039436, 0.00004781565107550054, -0.00016176081582589674, 0.0005122859561685758,
  -0.0015135724506312532, 0.004156422944312888, -0.010564084894626197, 0.024726449030626516, -0.05294598120809499, 0.1026436586898471,
  -0.17641651835783406, 0.25258718644363365,
]

// exp(-x) sqrt(x) I1(x) for x > 8
const I1_FAR = [
  7.517296310842105e-18, 4.414348323071708e-18, -4.6503053684893586e-17, -3.209525921993424e-17, 2.96262899764595e-16,
  3.3082023109209285e-16, -1.8803547755107825e-15, -3.8144030724370075e-15, 1.0420276984128802e-14, 4.272440016711951e-14,
  -2.1015418427726643e-14, -4.0835511110921974e-13, -7.198551776245908e-13, 2.0356285441470896e-12, 1.4125807436613782e-11,
  3.2526035830154884e-11, -1.8974958123505413e-11, -5.589743462196584e-10, -3.835380385964237e-9, -2.6314688468895196e-8,
  -2.512236237870209e-7, -0.000003882564808877691, -0.00011058893876262371, -0.009761097491361469, 0.7785762350182801,
]

/**
 * The modified Bessel function of order 0 times `exp(-|x|)`.
 *
 * Relative error below 1e-15 (Cephes). Even; 0 at +-infinity.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.i0e
 */
export function i0e(x: number): number {
  const a = Math.abs(x)
  return a <= 8 ? chebyshev(a / 2 - 2, I0_NEAR) : chebyshev(32 / a - 2, I0_FAR) / Math.sqrt(a)
}

/**
 * The modified Bessel function of order 1 times `exp(-|x|)`.
 *
 * Relative error below 2e-15 (Cephes). Odd, but 0 at -0 as in PyTorch; +-0 at +-infinity.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.i1e
 */
export function i1e(x: number): number {
  const a = Math.abs(x)
  const y = a <= 8 ? a * chebyshev(a / 2 - 2, I1_NEAR) : chebyshev(32 / a - 2, I1_FAR) / Math.sqrt(a)
  return x < 0 ? -y : y
}

/** exp(|x|) y where y has the size of a Bessel function's 1 / sqrt(x): in halves, as exp overflows first. */
function unscaled(x: number, y: number): number {
  const a = Math.abs(x)
  if (a < 700) return Math.exp(a) * y
  const half = Math.exp(a / 2)
  return half * y * half
}

/**
 * The modified Bessel function of the first kind of order 0, `sum of (x^2 / 4)^k / k!^2`.
 *
 * Relative error below 1e-15 (Cephes). Even; NaN at +-infinity as in PyTorch, infinity for |x| > 713.98.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.i0
 */
export const i0 = (x: number): number => unscaled(x, i0e(x))

/**
 * The modified Bessel function of the first kind of order 1, `x / 2 * sum of (x^2 / 4)^k / (k! (k + 1)!)`.
 *
 * Relative error below 2e-15 (Cephes). Odd, but 0 at -0 and NaN at +-infinity as in PyTorch.
 * @see https://docs.pytorch.org/docs/stable/special.html#torch.special.i1
 */
export const i1 = (x: number): number => unscaled(x, i1e(x))
