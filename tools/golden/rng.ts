/** `rng.json`: random streams after a seed, to the bit. */
import { createHash } from 'node:crypto'
import { call, core } from './api.ts'
import { attempt, type Outcome } from './case.ts'
import { run } from './evaluate.ts'
import { readJson } from './read.ts'
import { describe } from './value.ts'

interface RawStream {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly values?: readonly (number | string)[]
  readonly sha256_le: string
}

interface RngState {
  readonly nbytes: number
  readonly sha256: string
}

interface RngFile {
  readonly seeds: Readonly<Record<string, Readonly<Record<string, { readonly py: string; readonly out: readonly RawStream[] }>>>>
  readonly seed_mapping: Readonly<Record<string, readonly number[]>>
  readonly raw_u32_mt19937: Readonly<Record<string, readonly number[]>>
  readonly rng_state_after_seed42: RngState
  readonly rng_state_after_seed42_randn1: RngState
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const bytesOf = (t: core.Tensor): Uint8Array => {
  const { buffer, byteOffset, byteLength } = t.toArray()
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function streamDifference(got: unknown, raw: RawStream): string | null {
  if (!(got instanceof core.Tensor)) return `expected a tensor, got ${describe(got)}`
  const text = `${got.dtype}[${got.shape.join(', ')}]`
  if (text !== `${raw.dtype}[${raw.shape.join(', ')}]`) return `${text}, expected ${raw.dtype}[${raw.shape.join(', ')}]`
  if (sha256(bytesOf(got)) === raw.sha256_le) return null
  const values = got.toArray()
  const at = raw.values?.findIndex((v, i) => !Object.is(Number(values[i]), Number(v))) ?? -1
  return at < 0 ? 'other bits' : `${values[at]} at ${at}, expected ${raw.values?.[at]}`
}

/** Walks `epochs` epochs over ten numbers in batches of four; each epoch's numbers in one tensor. */
function epochs(count: number, options: Readonly<Record<string, unknown>>): core.Tensor[] {
  const dataset = call('utils.data.TensorDataset', [core.arange(10)])
  const loader = call(
    'utils.data.DataLoader',
    [dataset],
    new Map<string, unknown>(Object.entries({ batch_size: 4, ...options })),
  ) as Iterable<readonly core.Tensor[]>
  return Array.from({ length: count }, () => core.cat(Array.from(loader, (batch) => batch[0] as core.Tensor)))
}

const rand1 = (): core.Tensor => core.rand([1])

/** The streams that the file describes in words. */
const described: Readonly<Record<string, (seed: bigint) => readonly unknown[]>> = {
  dataloader_shuffle_10_bs4_2epochs_then_rand1: () => [...epochs(2, { shuffle: true }), rand1()],
  dataloader_shuffle_generator: (seed) => [...epochs(2, { shuffle: true, generator: new core.Generator().manualSeed(seed) }), rand1()],
  dataloader_noshuffle_consumes: () => [...epochs(1, {}), rand1()],
  random_split_7_3: () =>
    (call('utils.data.random_split', [{ length: 10, get: (i: number) => i }, [7, 3]]) as { readonly indices: Iterable<number> }[]).map(
      (part) => core.tensor(Array.from(part.indices, BigInt)),
    ),
  mlp_4_8_3_then_rand1: () =>
    run(
      'm=nn.Sequential(nn.Linear(4,8),nn.ReLU(),nn.Linear(8,3)); p=list(m.parameters()); [p[0],p[1],p[2],p[3],torch.rand(1)]',
    ) as unknown[],
}

function checkStream(name: string, seed: string, py: string, out: readonly RawStream[]): string | null {
  core.manualSeed(BigInt(seed))
  const result = described[name]?.(BigInt(seed)) ?? run(py)
  const streams = result instanceof core.Tensor ? [result] : [...(result as Iterable<unknown>)]
  if (streams.length !== out.length) return `${streams.length} results, expected ${out.length}`
  for (const [i, raw] of out.entries()) {
    const reason = streamDifference(streams[i], raw)
    if (reason !== null) return out.length > 1 ? `result ${i}: ${reason}` : reason
  }
  return null
}

function checkState(expected: RngState): string | null {
  const state = core.getRngState().toArray() as Uint8Array
  if (state.length !== expected.nbytes) return `${state.length} bytes, expected ${expected.nbytes}`
  return sha256(state) === expected.sha256 ? null : 'other bytes'
}

/** Runs `rng.json`. */
export function runRng(path: string): Outcome[] {
  const file = readJson<RngFile>(path)
  const first = (n: number, seed: string): number[] => {
    core.manualSeed(BigInt(seed))
    return Array.from(core.rand([n]).toArray(), Number)
  }
  return [
    ...Object.entries(file.seeds).flatMap(([seed, cases]) =>
      Object.entries(cases).map(([name, { py, out }]) => attempt(name, `seed ${seed}`, () => checkStream(name, seed, py, out))),
    ),
    ...Object.entries(file.seed_mapping).map(([seed, values]) =>
      attempt('seed_mapping', `seed ${seed}`, () =>
        first(values.length, seed).join() === values.join() ? null : `${first(values.length, seed)}, expected ${values}`,
      ),
    ),
    // A word's low 24 bits are what `rand` shows of it.
    ...Object.entries(file.raw_u32_mt19937).map(([seed, words]) =>
      attempt('raw_u32_mt19937', `seed ${seed}`, () => {
        const got = first(words.length, seed).map((u) => u * 2 ** 24)
        return got.every((u, i) => u === (words[i] as number) % 2 ** 24) ? null : `${got}`
      }),
    ),
    attempt('rng_state_after_seed42', 'seed 42', () => {
      core.manualSeed(42)
      return checkState(file.rng_state_after_seed42)
    }),
    attempt('rng_state_after_seed42_randn1', 'seed 42', () => {
      core.manualSeed(42)
      core.randn([1])
      return checkState(file.rng_state_after_seed42_randn1)
    }),
  ]
}
