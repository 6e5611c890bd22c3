/** The command line of `pnpm bench`. */
import { parseArgs } from 'node:util'
import { type ContenderName, contenderNames } from './task.ts'

export interface Options {
  readonly words: readonly string[]
  readonly engines: readonly string[]
  readonly contenders: readonly ContenderName[]
  readonly rounds: number
  readonly quick: boolean
  readonly out: string | null
  readonly list: boolean
}

export const help = `Usage: pnpm bench [words] [options]

Runs the cases whose names contain one of the words (or match it, with *), ours and the peers in turn, and prints a table.

  --engines <list>   Node versions: 20, 24, 26, or with a variant: 24+revectorize   (default: the running one)
  --peers <list>     beside tapegrad: ${contenderNames.slice(1).join(', ')}, or none   (default: all)
  --rounds <n>       interleaved rounds   (default: 5, with --quick 3)
  --quick            a few cases and short rounds
  --out <folder>     writes results.md and results.json there   (default: prints only)
  --list             names the cases
  --help`

const split = (list: string): string[] => list.split(',').flatMap((word) => word.trim() || [])

/** @throws Error for options that it does not know. */
export function parse(argv: readonly string[], running: string): Options | 'help' {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      engines: { type: 'string', default: running },
      peers: { type: 'string', default: contenderNames.join(',') },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      out: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const peers = split(values.peers)
  const unknown = peers.find((name) => name !== 'none' && !(contenderNames as readonly string[]).includes(name))
  if (unknown !== undefined) throw new Error(`there is no peer ${unknown}; there are ${contenderNames.slice(1).join(', ')}`)
  const rounds = Number(values.rounds ?? (values.quick ? 3 : 5))
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds takes a positive number, not ${values.rounds}`)
  return {
    words: positionals,
    engines: split(values.engines),
    contenders: contenderNames.filter((name) => name === 'tapegrad' || peers.includes(name)),
    rounds,
    quick: values.quick,
    out: values.out ?? null,
    list: values.list,
  }
}
