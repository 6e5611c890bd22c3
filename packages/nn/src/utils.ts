/** Tools for training loops: the namespace `utils`. */
export { type ClipGradNormOptions, clipGradNorm_, clipGradValue_, getTotalNorm } from './clip-grad.ts'
