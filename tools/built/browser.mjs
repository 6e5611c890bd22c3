/**
 * Trains the README's neuron in headless Chromium, on a bundle of the built packages, and compares every loss with Node's: under a content policy without
 * `unsafe-eval`, and once more on a page that is isolated from others, as shared memory needs it. Plain JavaScript, after a build; `CHROMIUM` names the
 * browser where it is not found.
 */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, table } from './bundle.mjs'
import { train } from './neuron.mjs'

/** A page has this long to report. */
const SECONDS = 120

const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
const alone = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
const pages = { '/': {}, '/isolated': alone }

/** The browser's executable; ends the process with a clear word where there is none. */
function chromium() {
  const names = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'].filter(Boolean)
  const found = names.find((name) => spawnSync(name, ['--version']).status === 0)
  if (found !== undefined) return found
  console.error(`no Chromium among ${names.join(', ')}: install it, or name it in the variable CHROMIUM`)
  process.exit(1)
}

/** Serves the pages, their program and the table; `report` is called with what a page sends. */
async function serve(report) {
  const files = {
    '/page.js': { type: 'text/javascript', body: await bundle('page') },
    '/table.csv': { type: 'text/csv', body: readFileSync(table) },
  }
  const html = '<!doctype html><title>Tapegrad</title><script type="module" src="/page.js"></script>'
  const server = createServer((request, response) => {
    if (request.url === '/report') {
      let text = ''
      request.on('data', (part) => (text += part))
      request.on('end', () => {
        response.end()
        report(JSON.parse(text))
      })
      return
    }
    const headers = { 'content-security-policy': policy, ...pages[request.url] }
    const file = request.url in pages ? { type: 'text/html', body: html } : files[request.url]
    if (file === undefined) response.writeHead(404).end()
    else response.writeHead(200, { ...headers, 'content-type': file.type }).end(file.body)
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return server
}

/** What the page reports. */
async function visit(browser, path) {
  const profile = mkdtempSync(join(tmpdir(), 'tapegrad-browser-'))
  let told = () => {}
  const reported = new Promise((resolve) => {
    told = resolve
  })
  const server = await serve((message) => told(message))
  const options = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
  const more = ['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', `--user-data-dir=${profile}`]
  const child = spawn(browser, [...options, ...more, `http://127.0.0.1:${server.address().port}${path}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  const late = setTimeout(() => told({ error: `no report within ${SECONDS} s` }), SECONDS * 1000)
  ended.then((code) => told({ error: `the browser ended with exit code ${code}` }))
  const message = await reported
  clearTimeout(late)
  child.kill()
  await ended
  server.close()
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  // Machines without a desktop have no message bus, which Chromium mentions many times.
  const lines = said.split('\n').filter((line) => !line.includes('dbus'))
  if (message.error !== undefined) throw new Error(`${path}: ${message.error}\n${lines.join('\n')}`)
  return message
}

const browser = chromium()
const expected = train(readFileSync(table, 'utf8'))
for (const path of Object.keys(pages)) {
  const { losses, memory, isolated, agent } = await visit(browser, path)
  const difference = Math.max(...losses.map((loss, epoch) => Math.abs(loss - expected[epoch])))
  assert.equal(losses.length, expected.length)
  assert.ok(difference <= 1e-6, `${path}: a loss differs from Node's by ${difference}`)
  assert.equal(memory.right, memory.kept, `${path}: tensors lost their values`)
  assert.equal(isolated, pages[path] === alone)
  const version = /Chrome\/\S+/.exec(agent)?.[0]
  console.error(
    `  ${path} in ${version}: loss ${losses.at(-1)}, within ${difference.toExponential(1)} of Node's; isolated: ${isolated}; memory ${memory.reserved / 2 ** 20} MB`,
  )
}
