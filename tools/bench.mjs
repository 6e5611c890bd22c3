/** `pnpm bench`: installs the peers and builds where needed, then runs `bench/run.ts` with the same arguments. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build, install, requireNode, root } from './steps.mjs'

requireNode(20, 19)
install({ bench: true })
build({ onlyIfNeeded: true })

const tsx = join(root, 'node_modules/tsx/dist/cli.mjs')
const { status } = spawnSync(process.execPath, [tsx, join(root, 'bench/run.ts'), ...process.argv.slice(2)], { stdio: 'inherit' })
process.exit(status ?? 1)
