/**
 * `npm start`: installs and builds where needed, then trains; `npm start -- --data file.csv` is `train --data file.csv`, and
 * `npm start -- predict ...` is `tapegrad predict ...`.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, install, requireNode, root } from './steps.mjs'

requireNode(20, 19)
install()
build({ onlyIfNeeded: true })

const given = process.argv.slice(2)
// File names are those of the folder in which npm was called; npm itself moves to the folder of package.json.
process.chdir(given.length > 0 ? (process.env.INIT_CWD ?? process.cwd()) : root)
const argv = given.length > 0 ? given : ['--data', 'examples/data/breast-cancer.csv']
const bin = join(root, 'packages/cli/dist/bin/tapegrad.js')
process.argv = [process.execPath, bin, ...(argv[0].startsWith('-') ? ['train'] : []), ...argv]
// What hints have to say so that they can be pasted.
process.env.TAPEGRAD_PROGRAM ??= 'npm start --'
// In this very process, so that signals, standard input and the exit code need no passing on.
await import(pathToFileURL(bin).href)
