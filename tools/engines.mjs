/**
 * `pnpm test:engines`: every test, and the built packages, on the versions of Node that `npm test` here does not run on. The engines come from the npm
 * package `node`, and are no part of the project. Plain JavaScript, Node only.
 */
import { spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { build, install, requireNode, root, tests } from './steps.mjs'

const supported = [20, 24, 26]

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
const others = supported.filter((major) => !process.version.startsWith(`v${major}.`))
const engines = others.map(engine)
install()
build({ onlyIfNeeded: true })
for (const executable of engines) tests(executable)
