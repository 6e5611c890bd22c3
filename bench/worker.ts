/**
 * The process of one contender: reads commands from standard input, a JSON object a line, and answers each with a line of its own.
 * What libraries print goes past, because answers are marked.
 */
import { createInterface } from 'node:readline'
import { setImmediate } from 'node:timers/promises'
import type { Answer, Command, MemoryAnswer } from './protocol.ts'
import { MARK } from './protocol.ts'
import { type Contender, type ContenderName, Missing, type Prepared, type Task } from './task.ts'

type Loader = () => Promise<Contender>

const loaders: Readonly<Record<Exclude<ContenderName, 'torch'>, Loader>> = {
  tapegrad: async () => (await import('./contenders/tapegrad.ts')).default(),
  'tfjs-cpu': async () => (await import('./contenders/tfjs.ts')).default('cpu'),
  'tfjs-wasm': async () => (await import('./contenders/tfjs.ts')).default('wasm'),
  'jax-js': async () => (await import('./contenders/jax.ts')).default(),
  'js-pytorch': async () => (await import('./contenders/js-pytorch.ts')).default(),
  'brain.js': async () => (await import('./contenders/brain.ts')).default(),
}

const say = (answer: Answer): void => void process.stdout.write(`${MARK}${JSON.stringify(answer)}\n`)

function refuse(error: unknown): void {
  const words = error instanceof Error ? error.message : String(error)
  say(error instanceof Missing ? { missing: words } : { failed: words.split('\n')[0]! })
}

/** Does the task `calls` times and answers with the milliseconds. */
async function timed({ step, times = 1 }: Prepared, calls: number): Promise<{ calls: number; ms: number }> {
  const start = performance.now()
  const first = step()
  if (first instanceof Promise) {
    await first
    for (let i = 1; i < calls; i++) await step()
  } else for (let i = 1; i < calls; i++) step()
  return { calls: calls * times, ms: performance.now() - start }
}

/** Runs for about `ms`, in growing blocks, and answers with the last block's calls in a millisecond. */
async function warm(prepared: Prepared, ms: number): Promise<number> {
  const start = performance.now()
  for (let calls = 1; ; calls = Math.ceil(calls * 1.5)) {
    const block = await timed(prepared, calls)
    const left = ms - (performance.now() - start)
    if (left < block.ms) return calls / Math.max(block.ms, 1e-6)
  }
}

async function memory(prepared: Prepared, { steps, seconds, yields }: Extract<Command, { do: 'memory' }>): Promise<MemoryAnswer> {
  const rss = (): number => process.memoryUsage.rss()
  const out = { start: rss(), warm: 0, half: 0, end: 0, peak: 0, steps: 0 }
  const deadline = performance.now() + seconds * 1000
  const block = 100
  for (let done = 0; done < steps; done += block) {
    for (let i = 0; i < block; i++) prepared.step()
    if (yields) await setImmediate()
    out.steps = done + block
    if (out.warm === 0 && out.steps >= steps / 20) out.warm = rss()
    if (out.half === 0 && out.steps >= steps / 2) out.half = rss()
    if (out.steps % 1000 === 0) out.peak = Math.max(out.peak, rss())
    if (performance.now() > deadline) break
  }
  out.end = rss()
  out.peak = Math.max(out.peak, out.end)
  // Who did not get so far.
  out.warm ||= out.end
  out.half ||= out.end
  return out
}

const started = performance.now()
const contender = await loaders[process.argv[2] as keyof typeof loaders]()
const { version, apart, tasks } = contender
say({ ready: true, ms: performance.now() - started, ...(version && { version }), ...(apart && { apart }) })

let prepared: Prepared | null = null
let rate = 0
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Command
  try {
    if (command.do === 'prepare') {
      prepared = null
      const prepare = tasks[command.task.kind] as ((task: Task) => Prepared | Promise<Prepared>) | undefined
      if (prepare === undefined) throw new Missing('cannot')
      const start = performance.now()
      prepared = await prepare(command.task)
      const between = performance.now()
      const outcome = Array.from(await prepared.outcome())
      const now = performance.now()
      say({ outcome, ms: now - start, once: now - between })
    } else if (prepared === null) throw new Error('nothing is prepared')
    else if (command.do === 'warm') {
      rate = await warm(prepared, command.ms)
      say({ calls: rate, ms: 1 })
    } else if (command.do === 'round') say(await timed(prepared, Math.max(1, Math.round(rate * command.ms))))
    else say(await memory(prepared, command))
  } catch (error) {
    refuse(error)
  }
}
process.exit(0)
