import { describe, expect, test } from 'vitest'
import type { Metrics } from '../src/training/evaluate.ts'
import { verdictOf, warnAfter, warnBefore } from '../src/training/judgement.ts'
import { makeSchedule } from '../src/training/schedule.ts'
import { Stopper } from '../src/training/stopper.ts'
import { Warnings } from '../src/warnings.ts'

const auto = { epochs: undefined, batchSize: 32, patience: undefined } as const

describe('schedule', () => {
  test('a hundred epochs, patience ten', () => {
    expect(makeSchedule(auto, 399)).toEqual({ epochs: 100, batchSize: 32, stepsPerEpoch: 13, patience: 10, raised: false })
  })

  test('small tables get about a thousand steps, and patience to match', () => {
    expect(makeSchedule(auto, 70)).toEqual({ epochs: 334, batchSize: 32, stepsPerEpoch: 3, patience: 34, raised: true })
    expect(makeSchedule({ ...auto, batchSize: 'full' }, 399)).toMatchObject({
      epochs: 1000,
      batchSize: 399,
      stepsPerEpoch: 1,
      patience: 100,
    })
  })

  test('what was asked for stays', () => {
    expect(makeSchedule({ ...auto, epochs: 3 }, 70)).toMatchObject({ epochs: 3, patience: 10, raised: false })
    expect(makeSchedule({ ...auto, patience: 0 }, 70)).toMatchObject({ epochs: 334, patience: 0, raised: true })
  })
})

describe('early stopping', () => {
  test('every improvement is the best, but only a real one buys time', () => {
    const stopper = new Stopper(3)
    const losses = [0.5, 0.4, 0.39999, 0.39998, 0.39997]
    const best = losses.map((loss, i) => stopper.note(i + 1, loss))
    expect(best).toEqual([true, true, true, true, true])
    expect([3, 4, 5].map((epoch) => stopper.isOver(epoch))).toEqual([false, false, true])
    expect(stopper.bestEpoch).toBe(5)
  })

  test('patience 0 never stops', () => {
    const stopper = new Stopper(0)
    stopper.note(1, 0.5)
    expect(stopper.isOver(1000)).toBe(false)
  })
})

const metrics = (more: Partial<Metrics>): Metrics => ({
  rows: 200,
  accuracy: 0.8,
  rocAuc: 0.9,
  f1: 0.8,
  precision: 0.8,
  recall: 0.8,
  logLoss: 0.4,
  brier: 0.1,
  confusion: [
    [80, 20],
    [20, 80],
  ],
  ...more,
})

describe('remarks', () => {
  test('no better than guessing', () => {
    const baseline = metrics({ accuracy: 0.7, logLoss: 0.6 })
    expect(verdictOf(metrics({}), baseline, 'no')).toBeNull()
    expect(verdictOf(metrics({ logLoss: 0.6 }), baseline, 'no')?.code).toBe('W_NO_BETTER')
    expect(verdictOf(metrics({ accuracy: 0.7 }), baseline, 'no')?.message).toBe(
      'It is right no more often than always answering "no" (0.700 against 0.700), though its probabilities say more than the class rates.',
    )
  })

  test('imbalance and ignored flags', () => {
    const warnings = new Warnings()
    warnBefore(warnings, { optimizer: 'adam', momentum: 0.9 } as never, [95, 5], ['no', 'yes'])
    expect(warnings.all).toEqual([
      { code: 'W_IGNORED', message: '--momentum is ignored by adam; it belongs to --optimizer sgd.' },
      { code: 'W_IMBALANCE', message: 'only 5 rows of 100 (5.0 %) are "yes"; look at F1 and ROC AUC rather than at accuracy.' },
    ])
  })

  test('small test, still improving, separation', () => {
    const warnings = new Warnings()
    const outcome = { reason: 'finished', bestValLoss: 0.3, bestEpoch: 20, epochs: 20 } as never
    const schedule = { epochs: 20 } as never
    warnAfter(warnings, {
      outcome,
      schedule,
      train: metrics({ rocAuc: 1 }),
      test: metrics({
        rows: 80,
        confusion: [
          [41, 8],
          [11, 20],
        ],
      }),
      coefficients: [{ feature: 'x', weight: 3, oddsRatio: 20 }],
    })
    expect(warnings.all.map(({ code }) => code)).toEqual(['W_SMALL_TEST', 'W_STILL_IMPROVING', 'W_SEPARATION'])
    expect(warnings.all[0]?.message).toBe('the test set is small (80 rows): accuracy is 0.66 to 0.84 with 95 % confidence.')
    expect(warnings.all[1]?.message).toContain('Try --epochs 40.')
  })
})
