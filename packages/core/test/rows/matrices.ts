/** Matrices. */
import { of, type Rows } from './row.ts'

export const matrices = {
  // matrices
  mm: {
    shapes: of([3, 4], [4, 2]),
    gradFn: 'MmBackward0',
    refuses: ['bool'],
    errors: [{ call: (t) => t([[1, 2, 3]]).mm(t([[1, 2]])), message: 'mat1 and mat2 shapes cannot be multiplied (1x3 and 1x2)' }],
  },
  mv: { shapes: of([3, 4], [4]), gradFn: 'MvBackward0', refuses: ['bool'] },
  dot: { shapes: of([4], [4]), gradFn: 'DotBackward0', refuses: ['bool'] },
  outer: { shapes: of([3], [4]), gradFn: 'MulBackward0' },
  bmm: {
    shapes: of([2, 3, 4], [2, 4, 2]),
    gradFn: 'BmmBackward0',
    refuses: ['bool'],
  },
  matmul: [
    {
      shapes: of([3, 4], [4, 2]),
      gradFn: 'MmBackward0',
      refuses: ['bool'],
    },
    { shapes: of([4], [4]), gradFn: 'DotBackward0', refuses: ['bool'] },
    { shapes: of([3, 4], [4]), gradFn: 'MvBackward0', refuses: ['bool'] },
    { shapes: of([4], [4, 2]), gradFn: 'SqueezeBackward4', refuses: ['bool'] },
    {
      shapes: of([2, 3, 4], [4, 2]),
      gradFn: 'UnsafeViewBackward0',
      refuses: ['bool'],
    },
    {
      shapes: of([2, 1, 3, 4], [2, 4, 2]),
      gradFn: 'UnsafeViewBackward0',
      refuses: ['bool'],
    },
  ],
  addmm: { shapes: of([2], [3, 4], [4, 2]), rest: [{ beta: 2, alpha: 3 }], gradFn: 'AddmmBackward0', refuses: ['bool'] },
  linear: [
    { shapes: of([3, 4], [2, 4], [2]), gradFn: 'AddmmBackward0', refuses: ['bool'] },
    {
      shapes: of([3, 4], [2, 4]),
      gradFn: 'MmBackward0',
      refuses: ['bool'],
    },
    { shapes: of([2, 3, 4], [2, 4], [2]), gradFn: 'ViewBackward0', refuses: ['bool'] },
    { shapes: of([4], [2, 4], [2]), gradFn: 'AddBackward0', refuses: ['bool'] },
  ],
} satisfies Rows
