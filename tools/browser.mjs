/** `pnpm test:browser`: the built packages in headless Chromium; what is missing is installed and built first. Plain JavaScript, Node only. */
import { build, install, requireNode, step } from './steps.mjs'

requireNode(20, 19)
install()
build({ onlyIfNeeded: true })
step('built packages in a browser', [process.execPath, 'tools/built/browser.mjs'])
