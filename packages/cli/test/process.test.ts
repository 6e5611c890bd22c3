/** Real processes: signals, broken pipes, exit codes. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { loadSafetensors } from '@tapegrad/nn'
import { describe, expect, test } from 'vitest'
import { call, churnCsv, newFolder, train } from './world.ts'

const here = dirname(fileURLToPath(import.meta.url))
const node = [process.execPath, '--conditions=@tapegrad/source', '--import', join(here, '../../../node_modules/tsx/dist/loader.mjs')]
const bin = (name: string): string => join(here, `../src/bin/${name}.ts`)
/** Takes the command as its arguments and tells the exit codes of both ends. */
const HEAD = '"$0" "$@" | head -1; set -- "$?" "$PIPESTATUS"; echo "codes $2 $1"'
const endless = ['--epochs', '1000000000', '--patience', '0']

interface Ended {
  code: number | null
  out: string
  err: string
}

function start(
  cwd: string,
  command: readonly string[],
): { child: ChildProcess; ended: Promise<Ended>; until: (text: string) => Promise<void> } {
  const child = spawn(command[0]!, command.slice(1), {
    cwd,
    env: { ...process.env, FORCE_COLOR: '0', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })))
  const until = async (text: string): Promise<void> => {
    while (!err.includes(text)) {
      if (child.exitCode !== null) throw new Error(`ended before "${text}":\n${err}`)
      await new Promise((next) => setTimeout(next, 20))
    }
  }
  return { child, ended, until }
}

describe('signals', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s finishes the step, saves, and answers %i', async (signal, code) => {
    const cwd = newFolder({ 'churn.csv': churnCsv(2000) })
    const { child, ended, until } = start(cwd, [...node, bin('train'), '--data', 'churn.csv', '--out', 'r', ...endless])
    await until('epoch 2/')
    child.kill(signal)
    const { code: answered, out, err } = await ended
    expect(answered, err).toBe(code)
    expect(out).toBe('')
    expect(err).toContain('Stopping after this step... (Ctrl-C again to quit now)')
    expect(err).toMatch(/Interrupted in epoch \d+\. Saved r\/checkpoints\/last\.safetensors and best\.safetensors \(epoch \d+\)\./)
    expect(err).not.toContain('--resume')
    expect(readdirSync(join(cwd, 'r')).sort()).toEqual(['checkpoints', 'history.csv'])
    const { tensors } = loadSafetensors(new Uint8Array(readFileSync(join(cwd, 'r/checkpoints/last.safetensors'))))
    expect([...tensors.keys()].sort()).toEqual(['0.bias', '0.weight'])
    const state = JSON.parse(readFileSync(join(cwd, 'r/checkpoints/last.state.json'), 'utf8'))
    expect(state).toMatchObject({
      reason: 'interrupted',
      epoch: expect.any(Number),
      generator: expect.any(String),
      optimizer: { state: { 0: { exp_avg: { shape: [1, 2] } } } },
    })
    expect((await call(cwd, ['predict', '-m', 'r/checkpoints/last.safetensors', '-d', 'churn.csv'])).code).toBe(0)
  })

  test('while the table is still being read there is nothing to save: it ends at once', async () => {
    const cwd = newFolder()
    let exited: number[] = []
    const { code, err } = await train(cwd, ['-d', '-'], {
      onIo: (io) => {
        exited = io.exited
        io.stdin = new Readable({ read() {} })
        io.stdin.push('age,churned\n1,yes\n')
        setTimeout(() => io.send('SIGINT'), 100)
      },
    })
    expect([code, exited, err]).toEqual([130, [130], '\nInterrupted; nothing was saved.\n'])
    expect(readdirSync(cwd)).toEqual([])
  })

  test('the first signal puts the terminal right and speaks at once, the second one ends the process', async () => {
    const cwd = newFolder({ 'churn.csv': churnCsv(500) })
    let exited: number[] = []
    const { code, err } = await train(cwd, ['-d', 'churn.csv', '-o', 'r', ...endless], {
      tty: true,
      columns: 80,
      onIo: (io) => {
        exited = io.exited
        setTimeout(() => {
          io.send('SIGINT')
          io.send('SIGINT')
        }, 700)
      },
    })
    expect(code).toBe(130)
    expect(exited).toEqual([130])
    const shown = err.lastIndexOf('\u001b[?25h')
    expect(shown).toBeGreaterThan(err.lastIndexOf('\u001b[?25l'))
    expect(err.indexOf('Stopping after this step')).toBeGreaterThan(shown)
    expect(err).toContain('Quit at once.')
  })
})

describe('pipes', () => {
  const shell = (cwd: string, line: string, ...command: string[]): Promise<Ended> => start(cwd, ['bash', '-c', line, ...command]).ended

  test('predict | head -1 ends quietly with 0', async () => {
    const cwd = newFolder({ 'churn.csv': churnCsv(200), 'new.csv': churnCsv(60000) })
    await train(cwd, ['-d', 'churn.csv', '-o', 'r', '-q'])
    const { out, err } = await shell(cwd, HEAD, ...node, bin('tapegrad'), 'predict', '-m', 'r', '-d', 'new.csv')
    expect(out).toBe('age,visits,churned,prediction,probability\ncodes 0 0\n')
    expect(err).toBe('')
  })

  test('train | head -1 saves all the same', async () => {
    const cwd = newFolder({ 'churn.csv': churnCsv(200) })
    const { out, err } = await shell(cwd, HEAD, ...node, bin('train'), '-d', 'churn.csv', '-o', 'r', '--no-progress')
    expect(out).toMatch(/^.+\ncodes 0 0\n$/)
    expect(err).not.toContain('EPIPE')
    expect(existsSync(join(cwd, 'r/model.safetensors'))).toBe(true)
  })

  test('cat | train --data - | json', async () => {
    const cwd = newFolder({ 'churn.csv': churnCsv(200) })
    const { out } = await shell(cwd, 'cat churn.csv | "$0" "$@" 2>/dev/null', ...node, bin('train'), '--data', '-', '--json', '-o', 'r')
    expect(JSON.parse(out)).toMatchObject({ ok: true, data: { file: 'stdin' } })
  })

  test('a full disk: exit 5, nothing half done', async () => {
    const cwd = newFolder({ 'churn.csv': churnCsv(200), 'new.csv': churnCsv(60000) })
    await train(cwd, ['-d', 'churn.csv', '-o', 'r', '-q'])
    const { out, err } = await shell(
      cwd,
      'ulimit -f 100; "$0" "$@"; echo "code $?"',
      ...node,
      bin('tapegrad'),
      'predict',
      '-m',
      'r',
      '-d',
      'new.csv',
      '-o',
      'scored.csv',
    )
    expect(out).toBe('code 5\n')
    expect(err).toContain('error[E_DISK_FULL]: cannot write scored.csv: the file would be larger than allowed.')
    expect(readdirSync(cwd).sort()).toEqual(['churn.csv', 'new.csv', 'r'])
  })
})
