import { describe, expect, it } from 'vitest'
import {
  add,
  type FunctionContext,
  Function as GradFunction,
  grad,
  memoryStats,
  mm,
  noGrad,
  ones,
  type Tensor,
  tensor,
  zeros,
} from '../src/index.ts'

// Large enough for memory of its own, which is what is used again at once. Whatever is given back is overwritten with NaN by the tests' setup.
const N = 100
const leaf = (): Tensor => ones([N, N]).requiresGrad_()

/** Takes and drops memory of the same size, so that what was given back is written to. */
function disturb(): void {
  for (let i = 0; i < 4; i++) zeros([N, N]).fill_(7)
}

const all = (t: Tensor, value: number): boolean => t.toArray().every((v) => v === value)

describe('memory that is used again at once', () => {
  it('never is that of a gradient which a hook was shown', () => {
    const x = leaf()
    const seen: Tensor[] = []
    const y = x.mul(2)
    y.registerHook((g) => {
      seen.push(g)
    })
    y.mul(3).sum().backward()
    disturb()
    expect(all(seen[0] as Tensor, 3)).toBe(true)
  })

  it('never is that of a gradient which user code was given or returned', () => {
    const kept: Tensor[] = []
    class Twice extends GradFunction {
      static forward(_ctx: FunctionContext, x: Tensor): Tensor {
        return x.mul(2)
      }
      static backward(_ctx: FunctionContext, g: Tensor): Tensor {
        const back = g.mul(2)
        kept.push(g, back)
        return back
      }
    }
    const x = leaf()
    Twice.apply(x.mul(5)).mul(3).sum().backward()
    disturb()
    expect(all(kept[0] as Tensor, 3)).toBe(true)
    expect(all(kept[1] as Tensor, 6)).toBe(true)
    expect(all(x.grad as Tensor, 30)).toBe(true)
  })

  it('never is that of gradients that are returned or retained', () => {
    const x = leaf()
    const y = x.mul(2)
    y.retainGrad()
    const [dx, dy] = grad(y.mul(3).sum(), [x, y], { retainGraph: true })
    y.mul(3).sum().backward()
    disturb()
    // Once for each pass, as in PyTorch.
    expect(all(dx as Tensor, 6)).toBe(true)
    expect(all(dy as Tensor, 3)).toBe(true)
    expect(all(y.grad as Tensor, 6)).toBe(true)
  })

  it('never is that of a `.grad` which was looked at', () => {
    const x = leaf()
    x.mul(2).sum().backward()
    const g = x.grad as Tensor
    x.grad = null
    disturb()
    expect(all(g, 2)).toBe(true)
  })

  it('never is that of a gradient which goes two ways', () => {
    const [x, y] = [leaf(), leaf()]
    const s = add(x.mul(2), y)
    add(s, s.mul(3)).sum().backward()
    disturb()
    expect(all(x.grad as Tensor, 8)).toBe(true)
    expect(all(y.grad as Tensor, 4)).toBe(true)
  })

  it('never is that of what is differentiated again', () => {
    const x = leaf()
    const [dx] = grad(x.pow(3).mul(2).sum(), x, { createGraph: true })
    disturb()
    const [ddx] = grad((dx as Tensor).mul(1).sum(), x)
    expect(all(ddx as Tensor, 12)).toBe(true)
  })

  it('never is that of a gradient which another leaf still waits for', () => {
    const [x, y] = [leaf(), leaf()]
    // What an optimizer does that updates each parameter as soon as its gradient is there.
    for (const p of [x, y])
      p.registerPostAccumulateGradHook(() => {
        noGrad(() => p.sub_(p.grad as Tensor))
        p.grad = null
        disturb()
      })
    add(x, y).mul(2).sum().backward()
    expect(all(x, -1)).toBe(true)
    expect(all(y, -1)).toBe(true)
  })

  it('counts no more as a tensor', () => {
    const x = ones([N, N])
    const { tensors, inUse } = memoryStats()
    const w = ones([N, N]).requiresGrad_()
    expect(memoryStats().tensors).toBe(tensors + 1)
    x.mul(w).sum().backward()
    const after = memoryStats()
    w.grad = null
    expect(memoryStats().tensors).toBe(after.tensors - 1)
    expect(after.inUse - memoryStats().inUse).toBe(40_960)
    expect(inUse).toBeLessThan(after.inUse)
  })

  it('is that of gradients on their way, and of `.grad` when it is replaced unseen', () => {
    const w = ones([N, N]).mul(0.01).requiresGrad_()
    const x = ones([N, N])
    const step = (): void => {
      w.grad = null
      mm(x, w).tanh().sigmoid().sum().backward()
    }
    step()
    const before = memoryStats().reserved
    let forward = 0
    for (let i = 0; i < 20; i++) {
      step()
      forward += 3
    }
    // What a step takes for its forward pass only the collector gives back; the backward pass took five times that.
    expect(memoryStats().reserved - before).toBeLessThanOrEqual(forward * 45_056)
    expect(all(w.grad as Tensor, (w.grad as Tensor).toArray()[0] as number)).toBe(true)
    expect(tensor(1).item()).toBe(1)
  })
})
