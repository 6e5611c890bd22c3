import { expect, test } from 'vitest'
import { closest, editDistance } from '../src/suggest.ts'

test('the nearest name is found, a far one is not', () => {
  expect(closest('--epoch', ['--epochs', '--exclude'])).toBe('--epochs')
  expect(closest('--bacth-size', ['--batch-size', '--features'])).toBe('--batch-size')
  expect(closest('Churn', ['age', 'churned'])).toBe('churned')
  expect(closest('visits', ['n_visits', 'age'])).toBe('n_visits')
  expect(closest('zzzzzz', ['age', 'income'])).toBeNull()
  expect(closest('x', [])).toBeNull()
})

test('edits are counted with swaps', () => {
  expect(editDistance('chrun', 'churn')).toBe(1)
  expect(editDistance('', 'abc')).toBe(3)
  expect(editDistance('abc', 'abc')).toBe(0)
})
