/** Writes a `Report` as Markdown: a table for each group, and below it in words what is not there. */
import { groupOf, higherIsBetter } from './cases/case.ts'
import type { Cell, EngineRun, Report, Row } from './results.ts'
import { contenderNames } from './task.ts'

const titles: Readonly<Record<string, string>> = {
  logistic: 'Logistic regression',
  mlp: 'Perceptron with one hidden layer',
  conv: 'Convolution',
  gemm: 'Matrix products',
  elementwise: 'Elementwise',
  reduction: 'Reductions and softmax',
  overhead: 'Recorded operations',
  threads: 'Threads',
  memory: 'Memory: MB of the resident set at the start, after a twentieth of the steps, after half, at the end',
  start: 'Cold start',
  bundle: 'Bundle size: KB after gzip (before)',
}

/** The peers that a browser could run, too. */
const script = ['tfjs-cpu', 'tfjs-wasm', 'jax-js', 'js-pytorch']

/** Three digits, without powers of ten. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const decimals = value === 0 ? 0 : Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))))
  return value.toFixed(decimals)
}

const megabytes = (bytes: number): string => digits(bytes / 2 ** 20)

function text(cell: Cell | undefined, unit: string): string {
  if (cell === undefined || cell.status === 'missing') return '-'
  if (cell.status === 'differs') return 'loss differs'
  if (cell.status === 'failed') return 'failed'
  if (cell.memory !== undefined) {
    const { start, warm, half, end, steps } = cell.memory
    return `${[start, warm, half, end].map(megabytes).join(', ')} (${steps.toLocaleString('en')} steps)`
  }
  const star = cell.apart === undefined ? '' : ' *'
  return `${digits(cell.best!)} (${digits(cell.median!)})${unit === 'KB' ? '' : star}`
}

/** How many times better ours is than the best of `others`; by bytes for bundles. */
export function ratio({ cells, unit }: Row, others: readonly string[]): string {
  const ours = cells.find((cell) => cell.contender === 'tapegrad')?.best
  const theirs = cells.flatMap((cell) =>
    others.includes(cell.contender) && cell.status === 'ok' && cell.apart === undefined ? (cell.best ?? []) : [],
  )
  if (ours === undefined || theirs.length === 0) return '-'
  return `${digits(higherIsBetter(unit) ? ours / Math.max(...theirs) : Math.min(...theirs) / ours)} x`
}

const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

export function table(rows: readonly Row[]): string {
  const cellOf = (row: Row, name: string): Cell | undefined => row.cells.find((cell) => cell.contender === name)
  const shown = contenderNames.filter((name) => rows.some((row) => (cellOf(row, name)?.status ?? 'missing') !== 'missing'))
  const peers = [
    { head: 'against PyTorch', names: ['torch'] },
    { head: 'against the best JS peer', names: script },
  ].filter(({ names }) => rows.some((row) => ratio(row, names) !== '-'))
  const head = ['', 'unit', ...shown, ...peers.map(({ head }) => head)]
  const body = rows.map((row) => [
    row.label,
    row.unit,
    ...shown.map((name) => text(cellOf(row, name), row.unit)),
    ...peers.map(({ names }) => ratio(row, names)),
  ])
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...body.map(line)].join('\n')
}

/** Why cells are empty, a line for each contender and reason. */
export function notes(rows: readonly Row[]): string[] {
  const reasons = new Map<string, string[]>()
  for (const row of rows)
    for (const { contender, status, why, apart } of row.cells) {
      if (apart !== undefined && status === 'ok') reasons.set(`${contender} *: ${apart}`, [])
      if (status === 'ok') continue
      const words = { missing: '', failed: 'failed: ', differs: 'loss differs: ' }[status]
      const key = `${contender}: ${words}${why}`
      reasons.set(key, [...(reasons.get(key) ?? []), row.id.slice(row.id.indexOf('/') + 1)])
    }
  const all = rows.length
  return [...reasons].map(([reason, ids]) => `- ${reason}${ids.length === 0 || ids.length === all ? '' : ` (${ids.join(', ')})`}`)
}

function section({ version, v8, flags, rows }: EngineRun): string {
  const groups = [...new Set(rows.map(groupOf))]
  const parts = groups.map((group) => {
    const own = rows.filter((row) => groupOf(row) === group)
    return [`### ${titles[group] ?? group}`, table(own), notes(own).join('\n')].filter((part) => part !== '').join('\n\n')
  })
  return [`## Node ${version}, V8 ${v8}, ${flags.length === 0 ? 'no flags' : `\`${flags.join(' ')}\``}`, ...parts].join('\n\n')
}

export function markdown(report: Report): string {
  const versions = Object.entries(report.versions).map(([name, version]) => `${name} ${version}`)
  return `${[
    '# Benchmarks',
    [
      `- Command: \`${report.command}\``,
      `- Machine: ${report.machine}`,
      `- Date: ${report.date}`,
      `- Versions: ${versions.join(', ')}`,
      `- Best (median) of up to ${report.rounds} interleaved rounds after warming up; one thread unless said; a time stands only where the losses agree.`,
    ].join('\n'),
    ...report.engines.map(section),
  ].join('\n\n')}\n`
}
