/** The contents of `torch.linalg`. */
export { linalgVander as vander, multiDot } from '../chains.ts'
export { vecdot } from '../contractions.ts'
export { linalgCross as cross } from '../cross.ts'
export { matmul } from '../linalg.ts'
export { matrixNorm, norm } from '../linalg-norms.ts'
export { svd, svdvals } from '../linalg-svd.ts'
export { vectorNorm } from '../norms.ts'
export { diagonal } from '../slice.ts'
