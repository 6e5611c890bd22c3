/** What a page of tools/built/browser.mjs runs: trains, fills the memory in a loop that never yields, and tells the server how it went. */
import { full, memoryStats } from '../../packages/tapegrad/dist/index.js'
import { train } from './neuron.mjs'

const report = (message) => fetch('/report', { method: 'POST', body: JSON.stringify(message) })

/** Browsers cannot be asked to collect: past a budget tensors live in ordinary arrays, and every one that is kept keeps its values. */
function fill() {
  const kept = []
  for (let i = 0; i < 150_000; i++) {
    const t = full([2560], i)
    if (i % 1000 === 0) kept.push(t)
  }
  const right = kept.filter((t, i) =>
    t
      .eq(i * 1000)
      .all()
      .item(),
  ).length
  return { kept: kept.length, right, reserved: memoryStats().reserved }
}

addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => report({ error: `${violatedDirective}: ${blockedURI}` }))
try {
  const losses = train(await (await fetch('/table.csv')).text())
  await report({ losses, memory: fill(), isolated: crossOriginIsolated, agent: navigator.userAgent })
} catch (error) {
  await report({ error: String(error?.stack ?? error) })
}
