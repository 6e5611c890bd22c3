import { describe, expect, test } from 'vitest'
import { capabilities } from '../src/terminal/capabilities.ts'
import { Memory } from './world.ts'

const tty = new Memory({ isTTY: true, columns: 100 })
const file = new Memory()

describe('what a stream can show', () => {
  test.each([
    ['terminal', tty, {}, true],
    ['file', file, {}, false],
    ['NO_COLOR', tty, { NO_COLOR: '1' }, false],
    ['empty NO_COLOR', tty, { NO_COLOR: '' }, true],
    ['dumb', tty, { TERM: 'dumb' }, false],
    ['FORCE_COLOR on a file', file, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR=0', tty, { FORCE_COLOR: '0' }, false],
    ['FORCE_COLOR over dumb', tty, { FORCE_COLOR: '', TERM: 'dumb' }, true],
  ] as const)('colour: %s', (_name, stream, env, color) => {
    expect(capabilities(stream, env).color).toBe(color)
  })

  test('bars only where the cursor moves', () => {
    expect(capabilities(tty, {}).animate).toBe(true)
    expect(capabilities(tty, { NO_COLOR: '1' }).animate).toBe(true)
    expect(capabilities(tty, { TERM: 'dumb' }).animate).toBe(false)
    expect(capabilities(file, { FORCE_COLOR: '1' }).animate).toBe(false)
  })

  test('width and letters', () => {
    expect(capabilities(tty, {}).columns).toBe(100)
    expect(capabilities(tty, { COLUMNS: '40' }).columns).toBe(40)
    expect(capabilities(tty, { COLUMNS: 'wide' }).columns).toBe(100)
    expect(capabilities(file, {}).columns).toBe(80)
    expect(capabilities(file, { LC_ALL: 'C' }).unicode).toBe(false)
    expect(capabilities(file, { LANG: 'de_DE.UTF-8' }).unicode).toBe(true)
    expect(capabilities(tty, { TERM: 'dumb' }).unicode).toBe(false)
  })
})
