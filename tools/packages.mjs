/** Packs every package as it would be published and lets publint and attw judge the result. Plain JavaScript, after a build. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './steps.mjs'

const scratch = mkdtempSync(join(tmpdir(), 'tapegrad-pack-'))
const shell = process.platform === 'win32'
let failed = false

function run(title, command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', shell })
  if (status === 0) return
  failed = true
  console.error(`${title}:\n${stdout}${stderr}`)
}

for (const name of readdirSync(join(root, 'packages'))) {
  const folder = join(root, 'packages', name)
  run(`packing ${name}`, 'npx', ['--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', scratch], folder)
}
const bin = (tool) => join(root, 'node_modules/.bin', shell ? `${tool}.CMD` : tool)
for (const file of readdirSync(scratch).filter((f) => f.endsWith('.tgz'))) {
  const path = join(scratch, file)
  run(`publint ${file}`, bin('publint'), [path, '--strict'], root)
  // ES modules only: what `require` would see is not our concern.
  run(`attw ${file}`, bin('attw'), [path, '--profile', 'esm-only', '--no-emoji', '--no-color'], root)
}
rmSync(scratch, { recursive: true })
process.exit(failed ? 1 : 0)
