/**
 * `pnpm test:engines`: every test, and the built packages, on further versions of Node; others with `node tools/engines.mjs 24 26`. The engines come from
 * the npm package `node`, and are no part of the project. Plain JavaScript, Node only.
 */
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { build, install, requireNode, root, tests } from './steps.mjs'

/** The executable of a major version of Node; ends the process with a clear word where there is none to be had. */
function engine(major) {
  const { stdout, stderr, error } = spawnSync('npx', ['--yes', `node@${major}`, '--print', 'process.execPath'], {
    // Not in the project, where npx would look for a `node` first.
    cwd: dirname(root),
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  const executable = (stdout ?? '').trim()
  const version = executable === '' ? '' : spawnSync(executable, ['--version'], { encoding: 'utf8' }).stdout
  if (version?.startsWith(`v${major}.`)) return executable
  console.error(`Node ${major} cannot be had from npm, so nothing was tested on it: npx --yes node@${major}\n${error?.message ?? stderr}`)
  process.exit(1)
}

requireNode(20, 19)
const majors = process.argv.slice(2)
if (majors.length === 0 || !majors.every((major) => /^\d+$/.test(major))) {
  console.error('which versions of Node? For example: node tools/engines.mjs 24 26')
  process.exit(1)
}
const engines = majors.map(engine)
install()
build({ onlyIfNeeded: true })
for (const executable of engines) tests(executable)
