/** `npm test`: installs, builds, checks style, types and structure, and runs every test; stops at the first step that fails. */
import { join } from 'node:path'
import { build, install, requireNode, root, step, tests } from './steps.mjs'

requireNode(20, 19)

const bin = (name) => join(root, 'node_modules/.bin', process.platform === 'win32' ? `${name}.CMD` : name)

install()
build()
step('style', [bin('biome'), 'check', '.'], { quiet: true })
step('types', [bin('tsc'), '-b'], { quiet: true })
step('types of tests, tools and examples', [bin('tsc'), '-p', 'tsconfig.dev.json'], { quiet: true })
step('structure', [bin('tsx'), 'tools/check.ts'], { quiet: true })
step('packages', [process.execPath, 'tools/packages.mjs'], { quiet: true })
const seconds = tests(process.execPath, process.argv.slice(2))
console.error(`all steps passed (tests: ${seconds.toFixed(0)} s)`)
