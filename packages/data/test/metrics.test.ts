import { readFileSync } from 'node:fs'
import { metrics } from '@tapegrad/data'
import { readTable } from '@tapegrad/data/csv'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'

const golden = (name: string): URL => new URL(`./golden/${name}`, import.meta.url)
const expected = JSON.parse(readFileSync(golden('metrics.json'), 'utf8'))

/** Equal to 1e-12, relative. */
function close(actual: number, wanted: number): void {
  expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(wanted)))
}

describe('against scikit-learn, for two classes', () => {
  const wanted = expected.binary_metrics_train
  let actual: Uint8Array
  let p: Float64Array
  let predicted: Uint8Array

  beforeAll(async () => {
    const table = await readTable(golden('binary.csv').pathname)
    expect(table.target.classes).toEqual(['no', 'yes'])
    const rows = readFileSync(golden('binary.csv'), 'utf8').trim().split('\n').slice(1)
    const { mean, sd_ddof0: sd, params } = expected.binary_standardized_mle
    actual = table.labels
    p = Float64Array.from(rows, (row) => {
      const values = row.split(',').slice(0, 3).map(Number)
      const z = values.reduce((sum, value, j) => sum + ((value - mean[j]) / sd[j]) * params[j + 1], params[0])
      return 1 / (1 + Math.exp(-z))
    })
    predicted = metrics.atThreshold(p)
  })

  it('scores of classes', () => {
    close(metrics.accuracy(actual, predicted), wanted.accuracy)
    close(metrics.balancedAccuracy(actual, predicted), wanted.balanced_accuracy)
    close(metrics.precision(actual, predicted), wanted.precision_pos)
    close(metrics.recall(actual, predicted), wanted.recall_pos)
    close(metrics.f1(actual, predicted), wanted.f1_pos)
    close(metrics.f1At(actual, p), wanted.f1_pos)
    close(metrics.macroF1(actual, predicted), wanted.macro_f1)
    close(metrics.mcc(actual, predicted), wanted.mcc)
    expect(metrics.confusionMatrix(actual, predicted)).toEqual(wanted.confusion_rows_true)
  })

  it('scores of orders', () => {
    close(metrics.rocAuc(actual, p), wanted.roc_auc)
    close(metrics.averagePrecision(actual, p), wanted.average_precision)
    const best = metrics.bestThreshold(actual, p)
    close(best.score, wanted.best_f1)
    close(best.threshold, wanted.best_f1_threshold)
    close(metrics.f1At(actual, p, best.threshold), wanted.best_f1)
  })

  it('scores of probabilities', () => {
    close(metrics.logLoss(actual, p), wanted.log_loss)
    close(metrics.brier(actual, p), wanted.brier)
    const bins = metrics.calibrationCurve(actual, p)
    expect(bins).toHaveLength(wanted.calibration_true.length)
    for (const [i, bin] of bins.entries()) {
      close(bin.observed, wanted.calibration_true[i])
      close(bin.predicted, wanted.calibration_pred[i])
    }
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(400)
  })
})

describe('against scikit-learn, for three classes', () => {
  it('confusion and what follows from it', () => {
    const wanted = expected.multiclass_l2_C1_standardized
    const matrix = wanted.confusion_rows_true as number[][]
    const pairs = matrix.flatMap((row, i) => row.flatMap((count, j) => new Array<[number, number]>(count).fill([i, j])))
    const actual = pairs.map(([i]) => i)
    const predicted = pairs.map(([, j]) => j)
    expect(metrics.confusionMatrix(actual, predicted, 3)).toEqual(matrix)
    close(metrics.accuracy(actual, predicted), wanted.accuracy)
    close(metrics.macroF1(actual, predicted), wanted.macro_f1)
    close(metrics.weightedF1(actual, predicted), wanted.weighted_f1)
  })
})

describe('by definition', () => {
  const scored = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 6 })), { minLength: 1, maxLength: 40 })

  it('ROC AUC counts pairs, ties half', () => {
    fc.assert(
      fc.property(scored, (rows) => {
        const positives = rows.filter(([y]) => y === 1)
        const negatives = rows.filter(([y]) => y === 0)
        let sum = 0
        for (const [, a] of positives) for (const [, b] of negatives) sum += a > b ? 1 : a === b ? 0.5 : 0
        const auc = metrics.rocAuc(
          rows.map(([y]) => y),
          rows.map(([, s]) => s),
        )
        if (positives.length === 0 || negatives.length === 0) expect(auc).toBeNaN()
        else close(auc, sum / (positives.length * negatives.length))
      }),
    )
  })

  it('the curve ends at 1 and its trapezoids are the area', () => {
    const actual = [0, 1, 1, 0, 1, 0]
    const scores = [0.1, 0.9, 0.4, 0.4, 0.35, 0.2]
    const points = metrics.curve(actual, scores)
    expect(points.at(-1)).toMatchObject({ threshold: 0.1, truePositiveRate: 1, falsePositiveRate: 1 })
    let area = 0
    let [x, y] = [0, 0]
    for (const point of points) {
      area += ((point.falsePositiveRate - x) * (point.truePositiveRate + y)) / 2
      ;[x, y] = [point.falsePositiveRate, point.truePositiveRate]
    }
    close(area, metrics.rocAuc(actual, scores))
    const { score, threshold } = metrics.bestThreshold(actual, scores, 'youden')
    close(score, 2 / 3)
    expect(threshold).toBe(0.35)
  })

  it('probabilities at the ends are clipped as scikit-learn clips them', () => {
    close(metrics.logLoss([1], [0]), -Math.log(2 ** -52))
    close(metrics.logLoss([1], Float32Array.of(0)), -Math.log(2 ** -23))
    close(metrics.logLoss([0, 1], [0, 1]), 2 ** -52)
    close(metrics.brier([0, 1], [0.25, 0.5]), (0.0625 + 0.25) / 2)
  })

  it('bins are closed on the right', () => {
    const p = [0, 0.1, 0.2, 0.3, 0.30000000000000004, 0.6, 0.7, 1]
    const bins = metrics.calibrationCurve(
      p.map(() => 1),
      p,
    )
    expect(bins.map(({ count }) => count)).toEqual([2, 1, 2, 1, 1, 1])
    expect(metrics.calibrationError([1, 0], [1, 0])).toBe(0)
    expect(() => metrics.calibrationCurve([1], [1.5])).toThrow('a probability is from 0 to 1, got 1.5 in row 0')
  })

  it('what cannot be said is NaN', () => {
    expect(metrics.accuracy([], [])).toBeNaN()
    expect(metrics.precision([1, 0], [0, 0])).toBeNaN()
    expect(metrics.recall([0, 0], [0, 1])).toBeNaN()
    expect(metrics.f1([0, 0], [0, 0])).toBeNaN()
    expect(metrics.f1([1, 0], [0, 0])).toBe(0)
    expect(metrics.mcc([1, 1], [0, 1])).toBeNaN()
    expect(metrics.rocAuc([1, 1], [0.1, 0.2])).toBeNaN()
    expect(metrics.rocAuc([], [])).toBeNaN()
    expect(metrics.averagePrecision([0, 0], [0.1, 0.2])).toBeNaN()
    expect(metrics.logLoss([], [])).toBeNaN()
    expect(metrics.brier([], [])).toBeNaN()
    expect(metrics.calibrationError([], [])).toBeNaN()
    expect(metrics.wilson(0, 0)).toEqual([Number.NaN, Number.NaN])
    expect(metrics.precisionRecallF1([1, 0, 1], [1, 1, 0])).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5, support: 2 })
  })

  it('sizes and values are checked', () => {
    expect(() => metrics.accuracy([1], [1, 0])).toThrow('as many predictions as labels are needed, got 2 for 1')
    expect(() => metrics.rocAuc([1], [])).toThrow('as many scores as labels')
    expect(() => metrics.logLoss([1], [])).toThrow('as many probabilities as labels')
    expect(() => metrics.rocAuc([1, 0], [1, Number.NaN])).toThrow('the score of row 1 is NaN')
    expect(() => metrics.confusionMatrix([0], [2])).toThrow('labels must be from 0 to 1, got 0 and 2')
  })

  it('Wilson holds the rate and stays within 0 and 1', () => {
    const [low, high] = metrics.wilson(61, 80)
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.6586', '0.8424'])
    expect(metrics.wilson(0, 10)[0]).toBe(0)
    expect(metrics.wilson(10, 10)[1]).toBe(1)
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), (a, b) => {
        const [from, to] = metrics.wilson(a, a + b + 1)
        expect(from).toBeLessThanOrEqual(a / (a + b + 1))
        expect(to).toBeGreaterThanOrEqual(a / (a + b + 1))
      }),
    )
  })

  it('the baseline is what doing nothing gets', () => {
    const training = [0, 0, 0, 1]
    const actual = [0, 1, 1, 0, 0]
    const constant = actual.map(() => 0.25)
    const zeros = actual.map(() => 0)
    expect(metrics.majorityBaseline(training, actual)).toEqual({
      label: 0,
      rate: 0.25,
      accuracy: metrics.accuracy(actual, zeros),
      logLoss: expect.closeTo(metrics.logLoss(actual, constant), 12),
      brier: expect.closeTo(metrics.brier(actual, constant), 12),
      rocAuc: 0.5,
      f1: 0,
    })
    expect(metrics.majorityBaseline([1, 1, 0])).toMatchObject({ label: 1, accuracy: 2 / 3, f1: 0.8 })
  })
})
