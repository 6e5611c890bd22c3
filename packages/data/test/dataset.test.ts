import { readFileSync } from 'node:fs'
import {
  Generator,
  manualSeed,
  NotImplementedError,
  RuntimeError,
  rand,
  setWarningHandler,
  type Tensor,
  tensor,
  ValueError,
} from '@tapegrad/core'
import {
  BatchSampler,
  DataLoader,
  Dataset,
  defaultCollate,
  RandomSampler,
  randomSplit,
  SequentialSampler,
  Subset,
  SubsetRandomSampler,
  TensorDataset,
} from '@tapegrad/data'
import { describe, expect, it } from 'vitest'

const golden = (name: string) => JSON.parse(readFileSync(new URL(`./golden/${name}`, import.meta.url), 'utf8'))
const numbers = (x: Tensor): number[] => Array.from(x.toArray() as ArrayLike<number | bigint>, Number)
const ten = (): TensorDataset<[Tensor]> => new TensorDataset(tensor(Int32Array.from({ length: 10 }, (_, i) => i)))
const epoch = (loader: Iterable<readonly Tensor[]>): number[] => [...loader].flatMap(([x]) => numbers(x!))

type Drawn = { values: number[] }[]

interface Streams {
  readonly dataloader_shuffle_10_bs4_2epochs_then_rand1: Drawn
  readonly dataloader_shuffle_generator: Drawn
  readonly dataloader_noshuffle_consumes: Drawn
  readonly random_split_7_3: Drawn
}

describe('the same seed gives the order of PyTorch', () => {
  const streams = golden('loader.json') as Record<string, Streams>

  it.each(Object.keys(streams))('seed %s', (seed) => {
    const wanted = streams[seed]!
    const [first, second, after] = wanted.dataloader_shuffle_10_bs4_2epochs_then_rand1!
    manualSeed(BigInt(seed))
    const shuffled = new DataLoader(ten(), { batchSize: 4, shuffle: true })
    expect(epoch(shuffled)).toEqual(first!.values)
    expect(epoch(shuffled)).toEqual(second!.values)
    expect(numbers(rand([1]))).toEqual(after!.values)

    const own = wanted.dataloader_shuffle_generator!
    manualSeed(BigInt(seed))
    const generator = new Generator().manualSeed(BigInt(seed))
    const seeded = new DataLoader(ten(), { batchSize: 4, shuffle: true, generator })
    expect(epoch(seeded)).toEqual(own[0]!.values)
    expect(epoch(seeded)).toEqual(own[1]!.values)
    // The default stream was left alone.
    expect(numbers(rand([1]))).toEqual(own[2]!.values)

    const [inOrder, next] = wanted.dataloader_noshuffle_consumes!
    manualSeed(BigInt(seed))
    expect(epoch(new DataLoader(ten(), { batchSize: 4 }))).toEqual(inOrder!.values)
    expect(numbers(rand([1]))).toEqual(next!.values)

    manualSeed(BigInt(seed))
    const parts = randomSplit(ten(), [7, 3])
    expect(parts.map(({ indices }) => [...(indices as Int32Array)])).toEqual(wanted.random_split_7_3!.map(({ values }) => values))
  })
})

describe('the words of PyTorch', () => {
  const kinds: Record<string, new (message: string) => Error> = {
    ValueError,
    RuntimeError,
    NotImplementedError,
    AssertionError: RuntimeError,
  }
  const ragged = [tensor([1, 1]), tensor([1, 1, 1])]
  const triggers: Record<string, () => unknown> = {
    'data.dl_batch0': () => new DataLoader([1], { batchSize: 0 }),
    'data.dl_sampler_shuffle': () => new DataLoader([1], { shuffle: true, sampler: [0] }),
    'data.dl_empty_shuffle': () => new DataLoader([], { shuffle: true }),
    'data.dl_ragged': () => [...new DataLoader(ragged, { batchSize: 2 })],
    'data.dl_drop_last_none': () => new DataLoader([1], { batchSize: null, dropLast: true }),
    'data.tds_sizes': () => new TensorDataset(tensor([1, 1]), tensor([1, 1, 1])),
    'data.split_frac': () => randomSplit([1, 2, 3], [0.9, 0.9]),
    'data.dataset_getitem': () => new Dataset<number>().get(0),
  }
  const cases = golden('messages.json') as { id: string; expect: { exception: string; message: string } }[]

  it.each(cases)('$id', ({ id, expect: { exception, message } }) => {
    let thrown: unknown
    try {
      triggers[id]!()
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(kinds[exception]!)
    expect((thrown as Error).message.split('\n')[0]).toBe(message)
  })

  it('also where the golden data are silent', () => {
    expect(() => new DataLoader([1], { batchSampler: [[0]], shuffle: true })).toThrow(
      'batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last',
    )
    expect(() => new BatchSampler([1], 1.5)).toThrow('batch_size should be a positive integer value, but got batch_size=1.5')
    expect(() => new RandomSampler([1], { numSamples: -1 })).toThrow(
      'num_samples should be a positive integer value, but got num_samples=-1',
    )
    expect(() => randomSplit([1, 2, 3], [1.5, -0.5])).toThrow('Fraction at index 0 is not between 0 and 1')
    expect(() => randomSplit([1, 2, 3], [1, 1])).toThrow(ValueError)
    expect(() => new TensorDataset()).toThrow('Size mismatch between tensors')
    expect(() => new Dataset().length).toThrow(NotImplementedError)
  })
})

describe('TensorDataset', () => {
  const x = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ])
  const y = tensor([0, 1, 0])
  const data = new TensorDataset(x, y)

  it('has rows as samples', () => {
    expect(data.length).toBe(3)
    const [features, label] = data.get(1)
    expect([features.tolist(), label.item()]).toEqual([[3, 4], 1])
  })

  it('comes in batches of whole tensors', () => {
    const batches = [...new DataLoader(data, { batchSize: 2 })]
    expect(batches.map(([a, b]) => [a.tolist(), b.tolist()])).toEqual([
      [
        [
          [1, 2],
          [3, 4],
        ],
        [0, 1],
      ],
      [[[5, 6]], [0]],
    ])
    expect(new DataLoader(data, { batchSize: 2 }).length).toBe(2)
    expect([...new DataLoader(data, { batchSize: 2, dropLast: true })]).toHaveLength(1)
    expect(new DataLoader(data, { batchSize: 2, dropLast: true }).length).toBe(1)
  })

  it('gives copies, not views', () => {
    const [batch] = [...new DataLoader(data, { batchSize: 3 })]
    batch![0].zero_()
    expect(x.tolist()).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ])
  })

  it('gathers the same as stacking sample by sample', () => {
    const stacked = new DataLoader(data, { batchSize: 2, sampler: [2, 0, 1], collate: (samples) => defaultCollate(samples) })
    const gathered = new DataLoader(data, { batchSize: 2, sampler: [2, 0, 1] })
    expect([...gathered].map((batch) => batch.map((each) => each.tolist()))).toEqual(
      [...stacked].map((batch) => batch.map((each) => each.tolist())),
    )
    const part = new Subset(new Subset(data, [2, 1]), [1, 0, 1])
    expect([...new DataLoader(part, { batchSize: 3 })].map(([, labels]) => labels.tolist())).toEqual([[1, 0, 1]])
  })

  it('leaves a subclass its own samples', () => {
    class Doubled extends TensorDataset<[Tensor]> {
      override get(index: number): [Tensor] {
        return [this.tensors[0].select(0, index).mul(2)]
      }
    }
    expect(epoch(new DataLoader(new Doubled(y), { batchSize: 3 }))).toEqual([0, 2, 0])
    expect(epoch(new DataLoader(new Subset(new Doubled(y), [1]), { batchSize: 3 }))).toEqual([2])
  })
})

describe('DataLoader', () => {
  it('collates numbers, texts, booleans, arrays and objects', () => {
    const samples = [
      { id: 'a', size: 1.5, flag: true, pair: [1, 'x'] as const, __proto__: { hidden: 1 } },
      { id: 'b', size: 2, flag: false, pair: [2, 'y'] as const, __proto__: { hidden: 1 } },
    ]
    const [batch] = [...new DataLoader(samples, { batchSize: 2 })]
    expect(batch!.id).toEqual(['a', 'b'])
    expect([batch!.size.dtype, batch!.size.tolist()]).toEqual(['float32', [1.5, 2]])
    expect([batch!.flag.dtype, batch!.flag.tolist()]).toEqual(['bool', [true, false]])
    expect([batch!.pair[0].tolist(), batch!.pair[1]]).toEqual([
      [1, 2],
      ['x', 'y'],
    ])
    expect(() => defaultCollate([[1], [1, 2]])).toThrow('each element in list of batch should be of equal size')
    expect(() => defaultCollate([null])).toThrow(
      'default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found null',
    )
  })

  it('hands out single samples without a batch size', () => {
    expect([...new DataLoader<number, number>([3, 4], { batchSize: null })]).toEqual([3, 4])
    expect(new DataLoader([3, 4], { batchSize: null }).length).toBe(2)
  })

  it('takes samplers and collating functions', () => {
    expect([...new DataLoader([10, 20, 30], { batchSize: 2, sampler: [2, 1, 0], collate: (samples) => samples.join('+') })]).toEqual([
      '30+20',
      '10',
    ])
    expect([...new DataLoader([10, 20, 30], { batchSampler: [[0, 2], [1]], collate: (samples) => samples.join('+') })]).toEqual([
      '10+30',
      '20',
    ])
  })

  it('gives the same batches to for await, and lets the event loop turn', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const slow = new Dataset<number>()
    Object.defineProperties(slow, {
      length: { value: 40 },
      get: {
        value: (i: number) => {
          const until = performance.now() + 5
          while (performance.now() < until);
          return i
        },
      },
    })
    manualSeed(1)
    const wanted = epoch(
      new DataLoader(
        [...Array(40).keys()].map((i) => [i] as const),
        { batchSize: 3, shuffle: true },
      ) as never,
    )
    manualSeed(1)
    const got: number[] = []
    for await (const batch of new DataLoader(slow, { batchSize: 3, shuffle: true })) got.push(...numbers(batch))
    clearInterval(timer)
    expect(got).toEqual(wanted)
    expect(turns).toBeGreaterThanOrEqual(2)
  })
})

describe('samplers', () => {
  it('go through the data', () => {
    expect([...new SequentialSampler([5, 6, 7])]).toEqual([0, 1, 2])
    manualSeed(3)
    expect([...new RandomSampler([5, 6, 7])].sort()).toEqual([0, 1, 2])
    expect([...new SubsetRandomSampler([7, 8])].sort()).toEqual([7, 8])
    const many = [...new RandomSampler([5, 6, 7], { numSamples: 7 })]
    expect(many).toHaveLength(7)
    expect(many.slice(0, 3).sort()).toEqual([0, 1, 2])
    const again = [...new RandomSampler([5, 6], { replacement: true, numSamples: 70 })]
    expect(again).toHaveLength(70)
    expect(new Set(again)).toEqual(new Set([0, 1]))
    expect([...new BatchSampler([4, 5, 6], 2)]).toEqual([[4, 5], [6]])
    expect([...new BatchSampler([4, 5, 6], 2, true)]).toEqual([[4, 5]])
  })
})

describe('randomSplit', () => {
  it('takes fractions and hands what is left to the parts in turn', () => {
    const parts = randomSplit([...Array(11).keys()], [0.5, 0.3, 0.2], { generator: new Generator().manualSeed(0) })
    expect(parts.map((part) => part.length)).toEqual([6, 3, 2])
    expect(parts.flatMap((part) => Array.from({ length: part.length }, (_, i) => part.get(i))).sort((a, b) => a - b)).toEqual([
      ...Array(11).keys(),
    ])
  })

  it('warns of an empty part', () => {
    const messages: string[] = []
    const before = setWarningHandler((message) => messages.push(message))
    randomSplit([1], [0.5, 0.5])
    setWarningHandler(before)
    expect(messages).toEqual(['Length of split at index 1 is 0. This might result in an empty dataset.'])
  })
})
