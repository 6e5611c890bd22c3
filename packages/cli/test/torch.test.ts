import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { call, newFolder } from './world.ts'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

test('PyTorch, given the weights of a model file, computes the same probabilities', async () => {
  const { probabilities } = JSON.parse(readFileSync(at('golden/torch-predictions.json'), 'utf8')) as { probabilities: number[] }
  const { code, out, err } = await call(newFolder({}), [
    'predict',
    '-m',
    at('golden/model'),
    '-d',
    at('../../../examples/data/breast-cancer.csv'),
  ])
  expect(code, err).toBe(0)
  const ours = out
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.slice(line.lastIndexOf(',') + 1)))
  expect(ours.length).toBe(probabilities.length)
  expect(ours.length).toBe(569)
  const worst = Math.max(...ours.map((p, i) => Math.abs(p - (probabilities[i] as number))))
  expect(worst).toBeLessThanOrEqual(1e-6)
})
