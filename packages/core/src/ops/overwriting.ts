/** Operations with a kernel of their own that also have an in-place form: each name here is a method with an underscore too. */
export { indexAdd, indexCopy, indexFill, indexReduce, put } from './index-write.ts'
export { maskedFill, maskedScatter } from './masked.ts'
export { cumprod, cumsum } from './scan.ts'
export { scatter, scatterAdd, scatterReduce } from './scatter.ts'
export { tril, triu } from './triangle.ts'
