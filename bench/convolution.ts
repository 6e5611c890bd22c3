/**
 * A convolution forward and backward, batch 32: milliseconds, best of several rounds, after warming up.
 *
 *     npx tsx --conditions=@tapegrad/source bench/convolution.ts
 *
 * Where `PYTHON` names a Python with PyTorch, the same is timed there too, on one thread.
 */
import { spawnSync } from 'node:child_process'
import { conv2d, manualSeed, randn, type Tensor } from '@tapegrad/core'

/** Input and output channels, lengths of image and window, options. */
const cases = {
  '3x3 16 -> 32, 28 x 28': { into: 16, out: 32, size: 28, kernel: 3, padding: 1, stride: 1, groups: 1 },
  '3x3 3 -> 32, 32 x 32': { into: 3, out: 32, size: 32, kernel: 3, padding: 1, stride: 1, groups: 1 },
  '3x3 64 -> 64, 14 x 14': { into: 64, out: 64, size: 14, kernel: 3, padding: 1, stride: 1, groups: 1 },
  '3x3 256 -> 256, 4 x 4': { into: 256, out: 256, size: 4, kernel: 3, padding: 1, stride: 1, groups: 1 },
  '3x3 32 -> 64, stride 2': { into: 32, out: 64, size: 28, kernel: 3, padding: 1, stride: 2, groups: 1 },
  '5x5 1 -> 8, 28 x 28': { into: 1, out: 8, size: 28, kernel: 5, padding: 2, stride: 1, groups: 1 },
  '1x1 64 -> 64, 28 x 28': { into: 64, out: 64, size: 28, kernel: 1, padding: 0, stride: 1, groups: 1 },
  '3x3 depthwise 64, 28 x 28': { into: 64, out: 64, size: 28, kernel: 3, padding: 1, stride: 1, groups: 64 },
} as const

/** The best of many runs. */
function time(run: () => void): number {
  for (let i = 0; i < 5; i++) run()
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < 25; i++) {
    const start = performance.now()
    run()
    best = Math.min(best, performance.now() - start)
  }
  return best
}

const python = `
import json, sys, time, torch
torch.set_num_threads(1)
def best(f):
    for _ in range(5): f()
    b = 1e9
    for _ in range(25):
        t = time.perf_counter(); f(); b = min(b, time.perf_counter() - t)
    return b * 1e3
for name, c in json.loads(sys.argv[1]).items():
    x = torch.randn(32, c['into'], c['size'], c['size'], requires_grad=True)
    w = torch.randn(c['out'], c['into'] // c['groups'], c['kernel'], c['kernel'], requires_grad=True)
    b = torch.randn(c['out'], requires_grad=True)
    conv = lambda: torch.conv2d(x, w, b, c['stride'], c['padding'], 1, c['groups'])
    g = torch.randn_like(conv())
    with torch.no_grad(): forward = best(conv)
    both = best(lambda: torch.autograd.grad(conv(), [x, w, b], g))
    print(json.dumps([forward, both]))
`

const peer = process.env['PYTHON']
const theirs: [number, number][] = []
if (peer !== undefined) {
  const { stdout, stderr, status } = spawnSync(peer, ['-c', python, JSON.stringify(cases)], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  for (const line of stdout.trim().split('\n')) theirs.push(JSON.parse(line) as [number, number])
}

manualSeed(0)
console.log(`Node ${process.versions.node}, one thread`.padEnd(32), 'forward'.padStart(10), 'with backward'.padStart(15))
Object.entries(cases).forEach(([name, { into, out, size, kernel, groups, ...rest }], i) => {
  const x = randn([32, into, size, size])
  const w = randn([out, into / groups, kernel, kernel])
  const b = randn([out])
  const conv = (): Tensor => conv2d(x, w, b, { ...rest, groups })
  const forward = time(conv)
  const gradient = randn(conv().shape)
  for (const t of [x, w, b]) t.requiresGrad_()
  const both = time(() => {
    conv().backward({ gradient })
    for (const t of [x, w, b]) t.grad = null
  })
  console.log(name.padEnd(32), `${forward.toFixed(2)} ms`.padStart(10), `${both.toFixed(2)} ms`.padStart(15))
  const [f, a] = theirs[i] ?? []
  if (f !== undefined && a !== undefined)
    console.log(
      '  in PyTorch'.padEnd(32),
      `${f.toFixed(2)} ms`.padStart(10),
      `${a.toFixed(2)} ms`.padStart(15),
      `  ${(a / both).toFixed(2)}x`,
    )
})
