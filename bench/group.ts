/** Runs the cases of one group: every contender in a process of its own, compared first, then timed in interleaved rounds. */
import { disagreement } from './agreement.ts'
import type { Case, ColdCase, MemoryCase, TimedCase } from './cases/case.ts'
import { ContenderProcess, type Program } from './process.ts'
import type { Answer, MemoryAnswer, PreparedAnswer, RefusedAnswer, TimedAnswer } from './protocol.ts'
import type { Cell } from './results.ts'
import { best, median } from './statistics.ts'
import type { Task } from './task.ts'

export interface Settings {
  readonly rounds: number
  readonly quick: boolean
  /** The program of a contender; `null` where the machine lacks it. */
  readonly program: (contender: string) => Program | null
  readonly versions: Record<string, string>
}

/** After so many ms in rounds of one case, a slow contender has had enough of them. */
const enough = 4000

/** Who takes so many ms for the numbers that are compared is not timed. */
const tooSlow = 20_000

const seconds = (ms: number): string => `${(ms / 1000).toFixed(0)} s`

export class Group {
  readonly #processes = new Map<string, ContenderProcess>()
  readonly #apart = new Map<string, string>()
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
  }

  async run(test: Exclude<Case, { how: 'bundle' }>, contenders: readonly string[]): Promise<Cell[]> {
    if (test.how === 'cold') return this.#cold(test, contenders)
    const cells = await this.#prepare(test.task, contenders)
    const able = contenders.filter((name) => !cells.has(name))
    const done = test.how === 'timed' ? await this.#time(test, able) : await this.#memory(test, able)
    for (const [name, cell] of done) cells.set(name, cell)
    return contenders.map((name) => this.#with(cells.get(name)!))
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((process) => process.stop()))
    this.#processes.clear()
  }

  #with(cell: Cell): Cell {
    const apart = this.#apart.get(cell.contender)
    return apart === undefined ? cell : { ...cell, apart }
  }

  /** The cells of all that cannot be timed; the others are ready. */
  async #prepare(task: Task, contenders: readonly string[]): Promise<Map<string, Cell>> {
    const cells = new Map<string, Cell>()
    let reference: readonly number[] | null = null
    const limit = this.#settings.quick ? 5000 : tooSlow
    for (const contender of contenders) {
      const answer = await this.#ask(contender, task)
      if (!('outcome' in answer)) {
        cells.set(contender, refusal(contender, answer))
        continue
      }
      if (this.#apart.has(contender)) continue
      reference ??= answer.outcome
      const why = disagreement(reference, answer.outcome)
      if (why !== null) cells.set(contender, { contender, status: 'differs', why })
      else if (answer.once > limit)
        cells.set(contender, { contender, status: 'missing', why: `too slow, ${seconds(answer.once)} for the first` })
    }
    return cells
  }

  async #ask(contender: string, task: Task): Promise<PreparedAnswer | RefusedAnswer> {
    let process = this.#processes.get(contender)
    if (process === undefined || process.dead) {
      const started = await this.#start(contender)
      if (!('process' in started)) return started
      process = started.process
      this.#processes.set(contender, process)
    }
    return (await process.ask({ do: 'prepare', task })) as PreparedAnswer | RefusedAnswer
  }

  async #start(contender: string): Promise<{ process: ContenderProcess; ms: number } | RefusedAnswer> {
    const program = this.#settings.program(contender)
    if (program === null) return { missing: 'is not installed' }
    const started = await ContenderProcess.start(program)
    if (!('process' in started)) return started
    const { version, apart, ms } = started.ready
    if (version !== undefined) this.#settings.versions[contender] = version
    if (apart !== undefined) this.#apart.set(contender, apart)
    return { process: started.process, ms }
  }

  /** Everybody warms up, then the rounds go round. */
  async #time({ figure, warm, round }: TimedCase, contenders: readonly string[]): Promise<Map<string, Cell>> {
    const { rounds, quick } = this.#settings
    const shorter = quick ? 3 : 1
    const times = new Map<string, number[]>(contenders.map((name) => [name, []]))
    const cells = new Map<string, Cell>()
    const spent = new Map<string, number>()
    const say = (name: string, command: Parameters<ContenderProcess['ask']>[0]): Promise<Answer> => this.#processes.get(name)!.ask(command)
    for (const name of contenders) {
      const answer = await say(name, { do: 'warm', ms: warm })
      if (!('calls' in answer)) cells.set(name, refusal(name, answer as RefusedAnswer))
    }
    for (let i = 0; i < rounds; i++)
      for (const name of contenders) {
        if (cells.has(name) || (spent.get(name) ?? 0) > enough) continue
        const answer = (await say(name, { do: 'round', ms: round / shorter })) as TimedAnswer | RefusedAnswer
        if (!('calls' in answer)) {
          cells.set(name, refusal(name, answer))
          continue
        }
        times.get(name)!.push(answer.ms / answer.calls)
        spent.set(name, (spent.get(name) ?? 0) + answer.ms)
      }
    for (const name of contenders) if (!cells.has(name)) cells.set(name, timing(name, times.get(name)!, figure))
    return cells
  }

  async #memory({ yields }: MemoryCase, contenders: readonly string[]): Promise<Map<string, Cell>> {
    const { quick } = this.#settings
    const cells = new Map<string, Cell>()
    for (const contender of contenders) {
      // A million steps are ours to prove; the peers go as far as they get in a while.
      const seconds = quick ? 2 : contender === 'tapegrad' ? 120 : 8
      const command = { do: 'memory', steps: quick ? 50_000 : 1_000_000, seconds, yields } as const
      const answer = (await this.#processes.get(contender)!.ask(command)) as MemoryAnswer | RefusedAnswer
      cells.set(contender, 'steps' in answer ? { contender, status: 'ok', memory: answer } : refusal(contender, answer))
    }
    // The next loop starts in new processes.
    await this.stop()
    return cells
  }

  async #cold({ task }: ColdCase, contenders: readonly string[]): Promise<Cell[]> {
    const times = new Map<string, number[]>(contenders.map((name) => [name, []]))
    const cells = new Map<string, Cell>()
    for (let i = 0; i < this.#settings.rounds; i++)
      for (const contender of contenders) {
        if (cells.has(contender)) continue
        const started = await this.#start(contender)
        const answer = 'process' in started ? await started.process.ask({ do: 'prepare', task }) : started
        if ('process' in started) await started.process.stop()
        if ('process' in started && 'outcome' in answer) times.get(contender)!.push(started.ms + answer.ms)
        else cells.set(contender, refusal(contender, answer as RefusedAnswer))
      }
    return contenders.map((name) => this.#with(cells.get(name) ?? timing(name, times.get(name)!, (ms) => ms)))
  }
}

function refusal(contender: string, { missing, failed }: RefusedAnswer): Cell {
  return missing !== undefined
    ? { contender, status: 'missing', why: missing }
    : { contender, status: 'failed', why: failed ?? 'no answer' }
}

const timing = (contender: string, times: readonly number[], figure: (ms: number) => number): Cell => ({
  contender,
  status: 'ok',
  best: figure(best(times)),
  median: figure(median(times)),
  rounds: times.length,
})
