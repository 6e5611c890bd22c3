/** The contents of `torch.linalg`. */
export { matmul } from '../linalg.ts'
export { matrixNorm, norm } from '../linalg-norms.ts'
export { svd, svdvals } from '../linalg-svd.ts'
export { vectorNorm } from '../norms.ts'
export { diagonal } from '../slice.ts'
