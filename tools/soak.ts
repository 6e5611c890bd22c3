/**
 * `pnpm soak [steps]`: a million training steps in one synchronous loop, then as many in a loop that yields; every loss is compared with one computed in
 * plain doubles. Prints the memory of the process at each tenth of the way, and fails where it does not stay flat once warm.
 */
import { memoryStats } from '../packages/core/src/index.ts'
import { Twins } from '../packages/tapegrad/test/twins.ts'

const MB = 2 ** 20
/** What the engine's own heap may breathe. */
const BREATH = 32 * MB
/** Steps until memory was used again several times. */
const WARM = 50_000

const steps = Number(process.argv[2] ?? 1_000_000)
if (!(steps >= 10 * WARM)) throw new Error(`at least ${10 * WARM} steps show whether memory stays flat`)

let failed = false

/** Tells the memory of the process; returns it. */
function tell(where: string, since: number): number {
  const rss = process.memoryUsage.rss()
  const { reserved, collections } = memoryStats()
  const seconds = ((performance.now() - since) / 1000).toFixed(1)
  const figures = [`${(rss / MB).toFixed(1)} MB resident`, `${(reserved / MB).toFixed(1)} MB of tensors`, `${collections} collections`]
  console.log(`  ${where.padEnd(18)} ${figures.join(', ')}, ${seconds} s`)
  return rss
}

/** Whether the marks after warming up stay together. */
function judge(warm: number, marks: readonly number[]): void {
  const most = Math.max(...marks) - warm
  failed ||= most > BREATH
  console.log(`  ${most > BREATH ? 'NOT FLAT' : 'flat'}: at most ${(most / MB).toFixed(1)} MB above the memory after warming up`)
}

function synchronous(): void {
  const twins = new Twins()
  const since = performance.now()
  tell('start', since)
  twins.run(WARM)
  const warm = tell(`${WARM} steps`, since)
  const marks: number[] = []
  for (let tenth = 1; tenth <= 10; tenth++) {
    twins.run((steps * tenth) / 10 - twins.steps)
    marks.push(tell(`${tenth * 10} %`, since))
  }
  judge(warm, marks)
}

async function yielding(): Promise<void> {
  const twins = new Twins()
  const since = performance.now()
  const until = async (goal: number): Promise<void> => {
    while (twins.steps < goal) {
      twins.run(Math.min(1000, goal - twins.steps))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  tell('start', since)
  await until(WARM)
  const warm = tell(`${WARM} steps`, since)
  const marks: number[] = []
  for (let tenth = 1; tenth <= 10; tenth++) {
    await until((steps * tenth) / 10)
    marks.push(tell(`${tenth * 10} %`, since))
  }
  judge(warm, marks)
}

console.log(`Node ${process.versions.node}: ${steps} steps in one synchronous loop`)
synchronous()
console.log(`${steps} steps in a loop that yields after every thousand`)
await yielding()
process.exitCode = failed ? 1 : 0
