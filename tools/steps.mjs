/** What `npm start` and `npm test` share: a look at Node's version, and steps that are quiet unless they fail. Plain JavaScript, Node only. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** One version for everybody: the lockfile is written by it. */
const PNPM = ['npx', '--yes', 'pnpm@12.21.0']

const STAMPS = join(root, 'node_modules/.cache/tapegrad')

/** Ends the process with a clear word where Node is too old. */
export function requireNode(major, minor) {
  const [actualMajor = 0, actualMinor = 0] = process.versions.node.split('.').map(Number)
  if (actualMajor > major || (actualMajor === major && actualMinor >= minor)) return
  console.error(`Tapegrad needs Node ${major}.${minor} or newer; this is Node ${process.versions.node}. Get it from https://nodejs.org`)
  process.exit(1)
}

/** Runs a command line; its output is shown as it comes, or (`quiet`) only if it fails. Ends the process with its exit code where that is not 0. */
export function step(title, [command, ...args], { quiet = false, env = process.env } = {}) {
  const started = performance.now()
  console.error(`- ${title}`)
  const result = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    // npx is a .cmd file on Windows.
    shell: process.platform === 'win32',
  })
  if (result.status === 0) return (performance.now() - started) / 1000
  if (quiet) process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
  const why = result.error?.message ?? (result.signal === null ? `exit code ${result.status}` : `ended by ${result.signal}`)
  console.error(`\n${title} failed (${why}): ${[command, ...args].join(' ')}`)
  process.exit(result.status || 1)
}

/** Installs exactly what the lockfile says, the peers of the benchmarks only where they are asked for; nothing to do where that was done before. */
export function install({ bench = false } = {}) {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex')
  const stamp = join(STAMPS, bench ? 'installed-bench' : 'installed')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  step('install', [...PNPM, 'install', '--frozen-lockfile', ...(bench ? [] : ['--filter=!@tapegrad/bench'])], { quiet: true })
  mkdirSync(STAMPS, { recursive: true })
  writeFileSync(stamp, wanted)
}

/** Builds all packages; with `onlyIfNeeded` not where every result is newer than every source. */
export function build({ onlyIfNeeded = false } = {}) {
  if (onlyIfNeeded && isBuilt()) return
  step('build', [...PNPM, 'run', 'build'], { quiet: true })
}

/** Runs the built packages and every test on a version of Node, given by its executable; returns the seconds that the tests took. */
export function tests(executable, args = []) {
  const version = spawnSync(executable, ['--version'], { encoding: 'utf8' }).stdout.trim()
  // What calls itself `node` down there is this one, and tools/test/engine.ts makes sure that the tests' own processes are.
  const env = { ...process.env, PATH: `${dirname(executable)}${delimiter}${process.env.PATH}`, TAPEGRAD_TESTED_NODE: version }
  step(`built packages on Node ${version}`, [executable, 'tools/built/node.mjs'], { quiet: true, env })
  return step(`tests on Node ${version}`, [executable, 'node_modules/vitest/vitest.mjs', 'run', ...args], { env })
}

function packages() {
  const folders = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name))
  return folders.filter((path) => existsSync(join(path, 'package.json')))
}

function isBuilt() {
  const results = packages().map((path) => join(path, 'dist/index.js'))
  if (!results.every((path) => existsSync(path))) return false
  const oldest = Math.min(...results.map((path) => statSync(path).mtimeMs))
  const sources = packages().flatMap((path) => [join(path, 'package.json'), join(path, 'tsup.config.ts'), ...filesBelow(join(path, 'src'))])
  return sources.every((path) => !existsSync(path) || statSync(path).mtimeMs <= oldest)
}

function filesBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}
