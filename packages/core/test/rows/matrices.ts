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
  addmv: { shapes: of([3], [3, 4], [4]), rest: [{ beta: 2, alpha: 3 }], gradFn: 'AddmvBackward0', refuses: ['bool'] },
  addbmm: { shapes: of([3, 2], [2, 3, 4], [2, 4, 2]), rest: [{ beta: 2, alpha: 3 }], gradFn: 'AddbmmBackward0', refuses: ['bool'] },
  baddbmm: { shapes: of([2, 3, 2], [2, 3, 4], [2, 4, 2]), rest: [{ beta: 2, alpha: 3 }], gradFn: 'BaddbmmBackward0', refuses: ['bool'] },
  addr: { shapes: of([3, 4], [3], [4]), rest: [{ beta: 2, alpha: 3 }], gradFn: 'AddrBackward0' },
  vdot: { shapes: of([4], [4]), gradFn: 'VdotBackward0', refuses: ['bool'] },
  inner: { shapes: of([3, 4], [2, 4]), gradFn: 'ViewBackward0', refuses: ['bool'] },
  kron: { shapes: of([2, 2], [3, 2]), gradFn: 'UnsafeViewBackward0' },
  cross: { shapes: of([4, 3], [4, 3]), rest: [{ dim: 1 }], gradFn: 'LinalgCrossBackward0', refuses: ['bool'] },
} satisfies Rows
