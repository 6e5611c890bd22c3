import { describe, expect, test } from 'vitest'
import { barProgress } from '../src/progress/bar.ts'
import { lineProgress } from '../src/progress/lines.ts'
import type { Standing } from '../src/progress/progress.ts'
import { readingProgress } from '../src/progress/reading.ts'
import { sparkline } from '../src/report/spark.ts'
import { Output } from '../src/terminal/output.ts'
import { textWidth } from '../src/text.ts'
import { Memory } from './world.ts'

const standing = (epoch: number, more: Partial<Standing> = {}): Standing => ({
  epoch,
  step: epoch * 10,
  loss: 0.5,
  valLoss: 0.4,
  bestValLoss: 0.39,
  rowsPerSecond: 1900,
  seconds: epoch / 10,
  ...more,
})

describe('lines', () => {
  test('few, at epochs 1, 2, 4, 8 and the end, without escape sequences', () => {
    const stream = new Memory()
    const progress = lineProgress(new Output(stream, {}))
    progress.start({ epochs: 100, stepsPerEpoch: 10, lr: 0.01 })
    for (let epoch = 1; epoch <= 9; epoch++) progress.epoch(standing(epoch))
    progress.stop(standing(9), { reason: 'early-stopping', bestEpoch: 5 })
    expect(stream.text).toBe(
      [
        'epoch 1/100 loss 0.5000 val_loss 0.4000 lr 0.01 elapsed 0.1s',
        'epoch 2/100 loss 0.5000 val_loss 0.4000 lr 0.01 elapsed 0.2s',
        'epoch 4/100 loss 0.5000 val_loss 0.4000 lr 0.01 elapsed 0.4s',
        'epoch 8/100 loss 0.5000 val_loss 0.4000 lr 0.01 elapsed 0.8s',
        'epoch 9/100 early-stop best_epoch 5 val_loss 0.3900 elapsed 0.9s',
        '',
      ].join('\n'),
    )
  })

  test('a long epoch is heard of in between', () => {
    const stream = new Memory()
    const progress = lineProgress(new Output(stream, {}))
    progress.start({ epochs: 1, stepsPerEpoch: 20000, lr: 0.01 })
    progress.tick(standing(1, { step: 100, seconds: 29, valLoss: null }))
    progress.tick(standing(1, { step: 5000, seconds: 31, valLoss: null }))
    expect(stream.text).toBe('epoch 1/1 step 5000/20000 loss 0.5000 lr 0.01 elapsed 31.0s\n')
  })
})

const ESCAPE = '\u001b'
const SEQUENCE = new RegExp(`${ESCAPE}(?:\\[[?\\d;]*[A-Za-z]|[78])`, 'g')
const COLOR = new RegExp(`${ESCAPE}\\[\\d+m`)
/** What was drawn, one line for every time that the cursor went back to the start. */
const drawn = (text: string): string[] =>
  text
    .replaceAll(`${ESCAPE}[1G`, '\n')
    .replace(SEQUENCE, '')
    .split('\n')
    .filter((line) => line !== '')

describe('bar', () => {
  test.each([40, 60, 80, 120])('fits into %i columns and puts the terminal right', (columns) => {
    const stream = new Memory({ isTTY: true, columns })
    const progress = barProgress(new Output(stream, {}))
    progress.start({ epochs: 100, stepsPerEpoch: 10, lr: 0.01 })
    progress.tick(standing(50))
    progress.epoch(standing(63))
    progress.stop(standing(63), { reason: 'early-stopping', bestEpoch: 53 })
    const lines = drawn(stream.text)
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns)
    expect(lines.join('\n')).toContain('epoch 63/100')
    if (columns >= 80) expect(lines.join('\n')).toContain('loss 0.500 · val 0.400')
    expect(stream.text).toContain('\u001b[?25l')
    expect(stream.text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stream.text.lastIndexOf('\u001b[?25l'))
    expect(stream.text.lastIndexOf('\u001b[?7h')).toBeGreaterThan(stream.text.lastIndexOf('\u001b[?7l'))
    expect(stream.text.endsWith('\n')).toBe(true)
  })

  test('restore shows the cursor again, once', () => {
    const stream = new Memory({ isTTY: true, columns: 80 })
    const progress = barProgress(new Output(stream, {}))
    progress.restore()
    expect(stream.text).toBe('')
    progress.start({ epochs: 1, stepsPerEpoch: 10, lr: 0.01 })
    progress.restore()
    const { length } = stream.text
    progress.restore()
    expect(stream.text).toContain('\u001b[?25h')
    expect(stream.text.length).toBe(length)
  })

  test('no colours where they are not wanted, plain letters in the C locale', () => {
    const stream = new Memory({ isTTY: true, columns: 80 })
    const progress = barProgress(new Output(stream, { NO_COLOR: '1', LC_ALL: 'C' }))
    progress.start({ epochs: 2, stepsPerEpoch: 10, lr: 0.01 })
    progress.stop(standing(2), { reason: 'finished', bestEpoch: 2 })
    expect(stream.text).not.toMatch(COLOR)
    for (const line of drawn(stream.text)) expect(line).toMatch(/^[ -~]*$/)
  })
})

test('reading is told of on terminals only, and only where it takes long', () => {
  const quick = new Memory({ isTTY: true, columns: 80 })
  const progress = readingProgress(new Output(quick, {}), 'x.csv', 100)
  progress.update(50, 10)
  progress.stop()
  expect(quick.text).toBe('')
})

test('curves', () => {
  expect(sparkline([3, 2, 1], 10)).toBe('█▅▁')
  expect(sparkline([1, 1], 10)).toBe('▁▁')
  expect(
    sparkline(
      Array.from({ length: 100 }, (_, i) => i),
      8,
    ),
  ).toBe('▁▂▃▄▅▆▇█')
})
