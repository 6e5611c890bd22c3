/** Runs the built packages on this Node: the libraries, the same as one bundle, and the command line. Plain JavaScript, after a build. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../steps.mjs'
import { bundle, table } from './bundle.mjs'
import { pytorch, train } from './neuron.mjs'

const csv = readFileSync(table, 'utf8')
const losses = train(csv)
assert.deepEqual(
  [20, 40, 60, 80, 100].map((epoch) => losses[epoch - 1].toFixed(4)),
  pytorch,
)

const bundled = await import(`data:text/javascript,${encodeURIComponent(await bundle('neuron'))}`)
assert.deepEqual(bundled.train(csv), losses, 'a bundle gives other numbers than the packages')

const cwd = mkdtempSync(join(tmpdir(), 'tapegrad-built-'))
try {
  const command = join(root, 'packages/cli/dist/bin/train.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, '--data', table, '--json'], { cwd, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  const { ok, metrics } = JSON.parse(stdout)
  assert.ok(ok && metrics.test.accuracy > 0.97 && metrics.test.logLoss < 0.06, stdout)
} finally {
  rmSync(cwd, { recursive: true })
}
