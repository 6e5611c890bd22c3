/** The random fills that become methods. */
export { bernoulli, bernoulli_, cauchy_, exponential_, geometric_, logNormal_, normal_, random_, uniform_ } from './random.ts'
