/** One walk through the graph: gradients flow from outputs to leaves, each node once, later operations first. No recursion. */
import { kernels } from '../backend/index.ts'
import { RuntimeError } from '../errors.ts'
import { contiguousStrides, isDense, numelOf, sameShape } from '../layout.ts'
import { copyOf, emptyAs } from '../op.ts'
import { add } from '../ops/arithmetic.ts'
import { clone } from '../ops/view.ts'
import { enterPass, leavePass, type Storage } from '../storage.ts'
import { type Tape, tape } from '../tape.ts'
import { Tensor } from '../tensor.ts'
import { isGradEnabled, setGradEnabled } from './mode.ts'
import { AccumulateGrad, applyNode, type Edge, type Hook, type Node } from './node.ts'

/** Nodes with gradients waiting, the latest operation on top: a binary heap. */
class Queue {
  readonly #heap: Node[] = []

  push(node: Node): void {
    const heap = this.#heap
    let i = heap.push(node) - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (rank(heap[parent] as Node) >= rank(node)) break
      heap[i] = heap[parent] as Node
      i = parent
    }
    heap[i] = node
  }

  pop(): Node | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return top
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && rank(heap[child + 1] as Node) > rank(heap[child] as Node)) child++
      if (rank(heap[child] as Node) <= rank(last)) break
      heap[i] = heap[child] as Node
      i = child
    }
    heap[i] = last
    return top
  }
}

/** Leaves come last: by then every gradient for them has arrived. */
const rank = (node: Node): number => (node instanceof AccumulateGrad ? -node.sequence : node.sequence)

function runHooks(hooks: Map<number, Hook> | undefined, grad: Tensor): Tensor {
  if (hooks === undefined) return grad
  for (const hook of [...hooks.values()]) {
    // A hook may keep what it is shown.
    grad.storage.held = true
    const next = hook(grad)
    if (next === undefined || next === null) continue
    if (!(next instanceof Tensor))
      throw new TypeError(`expected Variable, but hook returned '${typeof next === 'number' ? 'float' : typeof next}'`)
    if (!sameShape(next.shape, grad.shape)) throw new RuntimeError(`hook '${hook.name || '<lambda>'}' has changed the size of value`)
    next.storage.held = true
    grad = next
  }
  return grad
}

/** Whether a gradient lies in memory as the leaf does, or in order where that has gaps. */
function laidOutFor(x: Tensor, { strides }: Tensor): boolean {
  const wanted = isDense(x.shape, x.strides) ? x.strides : contiguousStrides(x.shape)
  for (let d = 0; d < wanted.length; d++) if (strides[d] !== wanted[d] && x.shape[d] !== 1) return false
  return true
}

/** A copy of a gradient that lies in memory as the leaf does, or in order where that has gaps. */
function copyFor(x: Tensor, grad: Tensor): Tensor {
  if (!isDense(x.shape, x.strides)) return copyOf(grad)
  const out = emptyAs(x, grad.dtype)
  kernels.copy(grad, out)
  return out
}

/** Whether a gradient can become a leaf's as it is: in memory of its own that nobody holds or waits for. */
const isFree = (x: Tensor, grad: Tensor): boolean =>
  !grad.storage.held && grad.storage.waiting <= 1 && numelOf(grad.shape) === grad.storage.length && laidOutFor(x, grad)

/** Adds a gradient to a leaf, in replays of a recording too: there it is left alone, since the next replay writes it anew. */
function accumulate(leaf: AccumulateGrad, grad: Tensor): void {
  if (tape === null) return gather(leaf, grad)
  if (leaf.postHooks !== null && leaf.postHooks.size > 0) refuseHooks(tape)
  const x = leaf.variable
  tape.leaf(x)
  const own = grad.alias()
  const lent = isFree(x, grad) && tape.lend(x, own)
  grad.storage.held = true
  const again = (): void => {
    if (lent && x.gradient === null) x.lendGradient(own)
    else gather(leaf, grad)
  }
  tape.opaque(again, [grad], [])
}

const refuseHooks = (recording: Tape): never =>
  recording.refuse('runs hooks on gradients', 'call hooks from outside: return the gradient and look at it after the call')

/** Adds a gradient to a leaf. The first one is taken over where nobody else can hold its memory, else copied. */
function gather(leaf: AccumulateGrad, grad: Tensor): void {
  const x = leaf.variable
  const before = x.gradient
  if (before === null) {
    // Recorded, so that it can be differentiated again.
    if (isGradEnabled()) x.gradient = clone(grad)
    else if (!isFree(x, grad)) x.adoptGradient(copyFor(x, grad))
    else {
      const own = grad.base === null && grad.node === null ? grad : grad.alias()
      if (grad.storage.pass === 0) x.gradient = own
      else x.adoptGradient(own)
    }
    ;(x.gradient as Tensor).storage.held = true
  } else if (isGradEnabled()) x.gradient = add(before, grad)
  else before.add_(grad)
  if (leaf.postHooks !== null) for (const hook of [...leaf.postHooks.values()]) hook(x)
}

/** Which nodes lead to the wanted inputs; null when all do because none were named. */
function nodesTowards(roots: readonly Edge[], wanted: ReadonlySet<Node>): Set<Node> {
  const lowest = Math.min(...[...wanted].map((n) => (n instanceof AccumulateGrad ? 0 : n.sequence)))
  const needed = new Set<Node>(wanted)
  const seen = new Set<Node>()
  // Depth first with an explicit stack; a node is judged when all behind it have been.
  const stack: { node: Node; next: number }[] = []
  const enter = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    stack.push({ node, next: 0 })
  }
  for (const r of roots) {
    enter(r.node)
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as { node: Node; next: number }
      const edge = top.node.edges[top.next++]
      if (edge === undefined || top.node.sequence < lowest) {
        stack.pop()
        if (top.node.edges.some((e) => e !== null && needed.has(e.node))) needed.add(top.node)
      } else if (edge !== null) enter(edge.node)
    }
  }
  return needed
}

/** Options of one pass. */
interface Pass {
  readonly retainGraph: boolean
  readonly createGraph: boolean
  /** Where to catch gradients instead of adding them to leaves. */
  readonly capture?: readonly Edge[]
  /** Add to leaves, but only to those leading to `capture`. */
  readonly accumulateCaptured?: boolean
}

/** One walk through the graph: gradients wait at their nodes, and nodes wait for their turn. */
class Walk {
  readonly #queue = new Queue()
  readonly #pass: Pass
  /** Which nodes lead to the wanted inputs; null when all do. */
  readonly #needed: ReadonlySet<Node> | null
  readonly caught: (Tensor | null)[]
  /** The number that memory taken in this pass bears; 0 where the pass is recorded, in a graph or for replays, since its gradients are then kept. */
  readonly #number: number
  /** Memory of gradients that were handed on or added to others; free once no gradient waits in it. */
  readonly #spent: Storage[] = []

  constructor(roots: readonly Edge[], pass: Pass, number: number) {
    this.#pass = pass
    this.#number = pass.createGraph || tape !== null ? 0 : number
    const { capture } = pass
    this.caught = capture === undefined ? [] : capture.map(() => null)
    this.#needed = capture === undefined ? null : nodesTowards(roots, new Set(capture.map((e) => e.node)))
  }

  /** Hands a gradient to the node that an edge leads to. */
  send({ node, index }: Edge, grad: Tensor): void {
    if (this.#needed !== null && !this.#needed.has(node)) return
    let waiting = node.pending
    if (waiting === null || waiting.walk !== this) {
      waiting = { grads: node.outputs === 1 ? [null] : new Array<Tensor | null>(node.outputs).fill(null), walk: this, outer: waiting }
      node.pending = waiting
      this.#queue.push(node)
    }
    const before = waiting.grads[index]
    const now = before === null || before === undefined ? grad : add(before, grad)
    waiting.grads[index] = now
    now.storage.waiting++
    if (before) this.#settle(before)
  }

  /** Notes that a gradient waits no more. */
  #settle({ storage }: Tensor): void {
    storage.waiting--
    this.#spent.push(storage)
  }

  /** Frees what was taken in this pass and nobody can reach any more. */
  #recycle(): void {
    const spent = this.#spent
    for (let s = spent.pop(); s !== undefined; s = spent.pop())
      if (s.waiting === 0 && s.pass === this.#number && this.#number !== 0 && !s.held) s.free()
  }

  /** Visits all nodes that gradients wait at. */
  run(): void {
    try {
      for (let node = this.#queue.pop(); node !== undefined; node = this.#queue.pop()) this.#visit(node)
    } finally {
      // After an error, what was still waiting must not leak into a later pass.
      for (let node = this.#queue.pop(); node !== undefined; node = this.#queue.pop())
        if (node.pending?.walk === this) node.pending = node.pending.outer
    }
  }

  #visit(node: Node): void {
    const waiting = node.pending as NonNullable<Node['pending']>
    node.pending = waiting.outer
    const given = waiting.grads
    // Hooks may put other gradients in their places.
    const incoming = node.hooks === null ? given : [...given]
    const { capture, accumulateCaptured, createGraph, retainGraph } = this.#pass
    if (tape !== null && (node.retained !== null || node.hooks?.some((h) => h !== undefined && h.size > 0) === true)) refuseHooks(tape)
    if (node.hooks !== null)
      for (let i = 0; i < incoming.length; i++) if (incoming[i]) incoming[i] = runHooks(node.hooks[i], incoming[i] as Tensor)
    if (node.retained !== null) retain(node.retained, incoming, createGraph)
    if (capture !== undefined)
      capture.forEach((e, k) => {
        if (e.node !== node) return
        const g = incoming[e.index] ?? null
        this.caught[k] = g
        if (g !== null) g.storage.held = true
      })
    if (node instanceof AccumulateGrad) {
      if (capture === undefined || accumulateCaptured === true) accumulate(node, incoming[0] as Tensor)
    } else if (this.#needed === null || leadsTo(node, this.#needed)) {
      const { edges } = node
      const outgoing = applyNode(node, incoming)
      if (!retainGraph) node.release()
      for (let i = 0; i < edges.length; i++) {
        const edge = edges[i]
        const g = outgoing[i]
        if (edge && g) this.send(edge, g)
      }
    }
    for (let i = 0; i < given.length; i++) if (given[i]) this.#settle(given[i] as Tensor)
    this.#recycle()
  }
}

const leadsTo = (node: Node, needed: ReadonlySet<Node>): boolean => node.edges.some((e) => e !== null && needed.has(e.node))

/** Adds gradients to those of the non-leaf tensors that keep theirs. */
function retain(retained: readonly (Tensor | undefined)[], incoming: readonly (Tensor | null)[], createGraph: boolean): void {
  for (let i = 0; i < incoming.length; i++) {
    const t = retained[i]
    const g = incoming[i]
    if (t === undefined || !g) continue
    const before = t.gradient
    t.gradient = before === null ? (createGraph ? clone(g) : copyOf(g)) : add(before, g)
  }
}

/** Runs one backward pass from `roots` with their gradients; returns what was caught at `capture`. */
export function runPass(roots: readonly Edge[], grads: readonly Tensor[], pass: Pass): (Tensor | null)[] {
  if (tape !== null && pass.createGraph)
    tape.refuse('records its backward pass (createGraph)', 'take second derivatives outside of the compiled function')
  const { own, outer } = enterPass()
  const before = isGradEnabled()
  setGradEnabled(pass.createGraph)
  try {
    const walk = new Walk(roots, pass, own)
    for (let i = 0; i < roots.length; i++) walk.send(roots[i] as Edge, grads[i] as Tensor)
    walk.run()
    return walk.caught
  } finally {
    setGradEnabled(before)
    leavePass(outer)
  }
}
