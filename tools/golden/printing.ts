/** `printing.json`: the exact text of tensors. */
import type * as nn from '@tapegrad/nn'
import { core, lookup } from './api.ts'
import { attempt, type Outcome } from './case.ts'
import { run } from './evaluate.ts'
import { readJson } from './read.ts'
import { toDType } from './value.ts'

interface PrintingCase {
  readonly id: string
  readonly values: readonly (number | string | boolean)[]
  readonly shape: readonly number[]
  readonly dtype: string
  readonly requires_grad: boolean
  readonly op: string
  readonly parameter: boolean
  readonly printoptions?: Readonly<Record<string, unknown>>
  readonly expected: string
}

/** How the printed tensor was derived from `x`. */
const derived: Readonly<Record<string, string>> = {
  none: 'x',
  mul2: 'x*2',
  sub1: 'x-1',
  neg: '-x',
  mean: 'x.mean()',
  log: 'x.log()',
  sigmoid: 'x.sigmoid()',
  pow2: 'x**2',
  abs: 'x.abs()',
  view: 'x.view(-1)',
  unsqueeze: 'x.unsqueeze(0)',
  select0: 'x[0]',
  detach: 'x.detach()',
  softmax: 'x.softmax(-1)',
  cat: 'torch.cat([x,x])',
  clamp: 'x.clamp(0,1)',
  expand: 'x.expand(2,3)',
  var: 'x.var()',
  norm: 'x.norm()',
  index: 'x[torch.tensor([0,0])]',
  add_inplace: 'y=x*1; y.add_(1); y',
  sub_x: 'x-x',
  add_x: 'x+x',
  // Python's `1/x` is the reciprocal times 1.
  rdiv: 'x.reciprocal()*1',
  cumsum: 'x.cumsum(0)',
  argmax: 'x.argmax()',
  no_grad_mul: 'with torch.no_grad(): y=x*2\ny',
  transpose: 'x.transpose(0,1)',
  matmul_self_t: 'x@x.t()',
  sum0: 'x.sum(0)',
}

const read = (value: number | string | boolean, dtype: string): number | bigint | boolean => {
  if (typeof value === 'boolean') return value
  if (dtype === 'int64') return BigInt(value)
  return typeof value === 'string' ? Number(value.replace('inf', 'Infinity').replace('nan', 'NaN')) : value
}

function check(raw: PrintingCase): string | null {
  const dtype = toDType(raw.dtype)
  const values = raw.values.map((v) => read(v, raw.dtype)) as Parameters<typeof core.tensor>[0]
  const made = core.tensor(values, { dtype }).reshape(raw.shape)
  const x = raw.parameter ? new (lookup('nn.Parameter') as typeof nn.Parameter)(made) : made.requiresGrad_(raw.requires_grad)
  const { sci_mode, ...options } = raw.printoptions ?? {}
  const set = core.setPrintoptions as (options: Readonly<Record<string, unknown>>) => void
  set({ ...options, ...(sci_mode === undefined ? {} : { sciMode: sci_mode }) })
  try {
    const text = (run(derived[raw.op] ?? raw.op, { x }) as core.Tensor).toString()
    return text === raw.expected ? null : `${JSON.stringify(text)}, expected ${JSON.stringify(raw.expected)}`
  } finally {
    set({ profile: 'default', sciMode: null })
  }
}

/** Runs `printing.json`. */
export const runPrinting = (path: string): Outcome[] =>
  readJson<PrintingCase[]>(path).map((raw) => attempt(raw.id, raw.op, () => check(raw)))
