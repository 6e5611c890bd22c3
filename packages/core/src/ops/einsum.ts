/** Sums of products in Einstein's notation. */
import { RuntimeError } from '../errors.ts'
import { numelOf } from '../layout.ts'
import type { Tensor } from '../tensor.ts'
import { mul } from './arithmetic.ts'
import { bmm } from './linalg.ts'
import { sum } from './reduce.ts'
import { diagonal, movedim, permute, reshape, unsqueeze } from './view.ts'

const isLetter = (c: string): boolean => /^[a-zA-Z]$/.test(c)

/** The labels of one operand; `...` stands for itself. */
function labelsOf(text: string, offset: number): string[] {
  const labels: string[] = []
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string
    if (c === ' ') continue
    if (c === '.') {
      if (text.slice(i, i + 3) !== '...') throw new RuntimeError("einsum(): found '.' for operand that is not part of any ellipsis")
      if (labels.includes('...')) throw new RuntimeError("einsum(): found '.' for operand for which an ellipsis was already found")
      labels.push('...')
      i += 2
    } else if (isLetter(c)) labels.push(c)
    else
      throw new RuntimeError(
        `einsum(): invalid subscript given at index ${offset + i} in the equation string, subscripts must be in [a-zA-Z]`,
      )
  }
  return labels
}

/** One operand's labels with the ellipsis written out: `~0` is the last of its dimensions, `~1` the one before. */
function writtenOut(labels: readonly string[], x: Tensor, i: number): string[] {
  const at = labels.indexOf('...')
  const named = at < 0 ? labels.length : labels.length - 1
  if (at < 0 ? named !== x.ndim : named > x.ndim)
    throw new RuntimeError(
      `einsum(): the number of subscripts in the equation (${named}) ${at < 0 ? 'does not match' : 'is more than'} the number of dimensions (${x.ndim}) for operand ${i}${at < 0 ? ' and no ellipsis was given' : ''}`,
    )
  if (at < 0) return [...labels]
  const hidden = Array.from({ length: x.ndim - named }, (_, k) => `~${x.ndim - named - 1 - k}`)
  return [...labels.slice(0, at), ...hidden, ...labels.slice(at + 1)]
}

/** A repeated label takes the diagonal; then the dimensions stand in `order`, of length 1 where the operand has none. */
function arranged(x: Tensor, labels: readonly string[], order: readonly string[]): Tensor {
  const names = [...labels]
  for (let d = 0; d < names.length; d++) {
    const first = names.indexOf(names[d] as string)
    if (first === d) continue
    x = movedim(diagonal(x, { offset: 0, dim1: first, dim2: d }), -1, first)
    names.splice(d--, 1)
  }
  const present = order.filter((label) => names.includes(label))
  let out = permute(
    x,
    present.map((label) => names.indexOf(label)),
  )
  order.forEach((label, d) => {
    if (!names.includes(label)) out = unsqueeze(out, d)
  })
  return out
}

/** The product of two operands of one number of dimensions, summed over `dims`, which stay with length 1. */
function contract(x: Tensor, y: Tensor, dims: readonly number[]): Tensor {
  const both: number[] = []
  for (const d of dims) {
    if (x.shape[d] !== 1 && y.shape[d] !== 1) both.push(d)
    else if (x.shape[d] !== 1) x = sum(x, d, { keepdim: true })
    else if (y.shape[d] !== 1) y = sum(y, d, { keepdim: true })
  }
  if (both.length === 0) return mul(x, y)
  const all = x.shape.map((_, d) => d)
  const kept = all.filter((d) => !both.includes(d))
  const shared = kept.filter((d) => x.shape[d] !== 1 && y.shape[d] !== 1)
  const onlyX = kept.filter((d) => x.shape[d] !== 1 && y.shape[d] === 1)
  const onlyY = kept.filter((d) => !shared.includes(d) && !onlyX.includes(d))
  const lengths = (t: Tensor, of: readonly number[]): number[] => of.map((d) => t.shape[d] as number)
  const [b, n, k, m] = [lengths(x, shared), lengths(x, onlyX), lengths(x, both), lengths(y, onlyY)].map(numelOf) as [
    number,
    number,
    number,
    number,
  ]
  const product = bmm(
    reshape(permute(x, [...shared, ...onlyX, ...both, ...onlyY]), [b, n, k]),
    reshape(permute(y, [...shared, ...both, ...onlyY, ...onlyX]), [b, k, m]),
  )
  const order = [...shared, ...onlyX, ...onlyY, ...both]
  const shaped = reshape(product, [...lengths(x, shared), ...lengths(x, onlyX), ...lengths(y, onlyY), ...both.map(() => 1)])
  return permute(
    shaped,
    all.map((d) => order.indexOf(d)),
  )
}

/** The labels of the result: those given, else all that occur once, in alphabetical order, after the ellipsis. */
function outputLabels(right: string | undefined, offset: number, operands: readonly (readonly string[])[]): string[] {
  const all = operands.flat()
  const hidden = [...new Set(all.filter((l) => l.startsWith('~')))].sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)))
  if (right === undefined)
    return [...hidden, ...[...new Set(all)].filter((l) => isLetter(l) && all.indexOf(l) === all.lastIndexOf(l)).sort()]
  const out = labelsOf(right, offset).flatMap((l) => (l === '...' ? hidden : [l]))
  for (const l of out) {
    if (out.indexOf(l) !== out.lastIndexOf(l))
      throw new RuntimeError(`einsum(): output subscript ${l} appears more than once in the output`)
    if (!all.includes(l)) throw new RuntimeError(`einsum(): output subscript ${l} does not appear in the equation for any input operand`)
  }
  return out
}

/** Refuses lengths that neither agree nor stretch. */
function checkLengths(operands: readonly Tensor[], labels: readonly (readonly string[])[]): void {
  const lengths = new Map<string, number>()
  operands.forEach((x, i) => {
    ;(labels[i] as readonly string[]).forEach((l, d) => {
      const n = x.shape[d] as number
      const before = lengths.get(l) ?? 1
      if (n !== 1 && before !== 1 && n !== before)
        throw new RuntimeError(
          `einsum(): subscript ${l} has size ${n} for operand ${i} which does not broadcast with previously seen size ${before}`,
        )
      if (n !== 1 || !lengths.has(l)) lengths.set(l, n)
    })
  })
}

/**
 * Sums products of the operands' elements as the equation says: equal letters run together, and what is not in the result is summed.
 *
 * `->` and the letters after it may be left out; `...` stands for dimensions without a name.
 *
 * @example
 * einsum('ij,jk->ik', [a, b]) // a.mm(b)
 * einsum('ii->i', [a]) // the diagonal
 * @throws RuntimeError for an equation that does not fit the operands.
 * @see https://pytorch.org/docs/stable/generated/torch.einsum.html
 */
export function einsum(equation: string, operands: readonly Tensor[]): Tensor {
  if (operands.length === 0) throw new RuntimeError('einsum(): must provide at least one operand')
  const arrow = equation.indexOf('->')
  const left = arrow < 0 ? equation : equation.slice(0, arrow)
  const terms = left.split(',')
  if (terms.length !== operands.length)
    throw new RuntimeError(
      terms.length < operands.length
        ? 'einsum(): more operands were provided than specified in the equation'
        : 'einsum(): fewer operands were provided than specified in the equation',
    )
  let offset = 0
  const labels = terms.map((term, i) => {
    const out = writtenOut(labelsOf(term, offset), operands[i] as Tensor, i)
    offset += term.length + 1
    return out
  })
  checkLengths(operands, labels)
  const out = outputLabels(arrow < 0 ? undefined : equation.slice(arrow + 2), arrow + 2, labels)
  const order = [...out, ...[...new Set(labels.flat())].filter((l) => !out.includes(l))]
  const [first, ...others] = operands.map((x, i) => arranged(x, labels[i] as string[], order)) as [Tensor, ...Tensor[]]
  // A label is summed as soon as no later operand has it.
  const lastUse = (d: number): number => labels.reduce((last, l, i) => (l.includes(order[d] as string) ? i : last), 0)
  const summed = order.map((_, d) => d).slice(out.length)
  let result = first
  const early = summed.filter((d) => lastUse(d) === 0)
  if (early.length > 0) result = sum(result, early, { keepdim: true })
  others.forEach((x, i) => {
    result = contract(
      result,
      x,
      summed.filter((d) => lastUse(d) === i + 1),
    )
  })
  return reshape(result, result.shape.slice(0, out.length))
}
