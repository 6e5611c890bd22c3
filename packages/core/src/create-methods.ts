/** The ways of making tensors that become methods. */
export { newEmpty, newFull, newOnes, newTensor, newZeros } from './create-like.ts'
