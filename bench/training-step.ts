/**
 * The step of a logistic neuron through the public API, one recorded addition, and matrix products; best of several rounds, after warming up.
 *
 *     npx tsx --conditions=@tapegrad/source bench/training-step.ts
 *
 * Where `PYTHON` names a Python with PyTorch, the same step is timed there too.
 */
import { spawnSync } from 'node:child_process'
import { manualSeed, rand } from '@tapegrad/core'
import { BCEWithLogitsLoss, Linear } from '@tapegrad/nn'
import { SGD } from '@tapegrad/optim'

/** Microseconds per call. */
function time(run: () => void, calls: number): number {
  for (let i = 0; i < calls / 2; i++) run()
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 7; round++) {
    const start = performance.now()
    for (let i = 0; i < calls; i++) run()
    best = Math.min(best, ((performance.now() - start) / calls) * 1000)
  }
  return best
}

manualSeed(0)
const x = rand([32, 30])
const y = rand([32, 1]).gt(0.5).float()
const model = new Linear(30, 1)
const criterion = new BCEWithLogitsLoss()
const optimizer = new SGD(model.parameters(), { lr: 0.1 })
const step = (): number => {
  const loss = criterion.forward(model.forward(x), y)
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  return loss.item()
}

const python = `
import time, torch
torch.set_num_threads(1); torch.manual_seed(0)
x = torch.rand(32, 30); y = (torch.rand(32, 1) > 0.5).float()
m = torch.nn.Linear(30, 1); c = torch.nn.BCEWithLogitsLoss(); o = torch.optim.SGD(m.parameters(), lr=0.1)
def step():
    l = c(m(x), y); o.zero_grad(); l.backward(); o.step(); return l.item()
print(step())
for _ in range(300): step()
best = 1e9
for _ in range(7):
    t = time.perf_counter()
    for _ in range(300): step()
    best = min(best, (time.perf_counter() - t) / 300)
print(best * 1e6, torch.__version__)
`

const first = step()
console.log(`Node ${process.versions.node}, one thread`)
console.log(`logistic step 32 x 30      ${time(step, 10_000).toFixed(1)} us`)
if (process.env['PYTHON'] !== undefined) {
  const { stdout, stderr, status } = spawnSync(process.env['PYTHON'], ['-c', python], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  const [loss, rest] = stdout.trim().split('\n') as [string, string]
  if (Math.abs(Number(loss) - first) > 1e-6) throw new Error(`the first losses differ: ${first} here, ${loss} in PyTorch`)
  const [us, version] = rest.split(' ') as [string, string]
  console.log(`  the same in PyTorch ${version}  ${Number(us).toFixed(1)} us`)
}
const a = rand([32]).requiresGrad_()
const b = rand([32])
console.log(`recorded addition of 32    ${time(() => void a.add(b), 20_000).toFixed(2)} us`)
for (const n of [64, 256, 512]) {
  const [left, right] = [rand([n, n]), rand([n, n])]
  const us = time(() => void left.mm(right), Math.max(3, Math.round(1e8 / n ** 3)))
  console.log(`product ${n} x ${n}`.padEnd(27), `${((2 * n ** 3) / us / 1000).toFixed(1)} GFLOP/s`)
}
