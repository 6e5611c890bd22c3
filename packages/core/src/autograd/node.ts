/** The graph: one node per recorded operation, edges to the nodes of its inputs. */
import { typeName } from '../dtype.ts'
import { RuntimeError } from '../errors.ts'
import { formatShape } from '../layout.ts'
import type { Tensor } from '../tensor.ts'

/** Where a gradient goes next: a node and which of its outputs' gradients this is. */
export interface Edge {
  readonly node: Node
  readonly index: number
}

/** What a node keeps for its backward: tensors, guarded by their versions, and numbers. */
export type Saved = readonly (Tensor | number | null)[]

/**
 * How an operation pulls gradients back: shared by all its nodes, written in differentiable operations so that second derivatives follow.
 * `S` are the saved tensors, `A` whatever else the backward needs (dimensions, options).
 */
export interface Rule<S extends Saved = Saved, A = unknown> {
  /** PyTorch's name of the node. */
  readonly name: string
  /** From the gradient of the single output to one gradient per input, `null` where none flows. */
  readonly backward?: ((grad: Tensor, node: Node<S, A>) => readonly (Tensor | null)[]) | undefined
  /** The same for operations with several outputs; `null` for outputs that nothing used. */
  readonly backwardAll?: ((grads: readonly (Tensor | null)[], node: Node<S, A>) => readonly (Tensor | null)[]) | undefined
}

/** Declares how an operation with one output pulls its gradient back. */
export const rule = <S extends Saved = readonly [], A = undefined>(
  name: string,
  backward: (grad: Tensor, node: Node<S, A>) => readonly (Tensor | null)[],
): Rule<S, A> => ({ name, backward })

/** Declares how an operation with several outputs pulls their gradients back. */
export const ruleAll = <S extends Saved = readonly [], A = undefined>(
  name: string,
  backwardAll: (grads: readonly (Tensor | null)[], node: Node<S, A>) => readonly (Tensor | null)[],
): Rule<S, A> => ({ name, backwardAll })

let sequence = 0

/** Called with a gradient; may return one that takes its place. */
export type Hook = (grad: Tensor) => Tensor | null | undefined | void

/** What operations save that save nothing. */
export const NOTHING: readonly [] = []

/** A recorded operation. It is its own edge to its first output, the only one of most. */
export class Node<S extends Saved = Saved, A = unknown> implements Edge {
  /** PyTorch's name, e.g. `MulBackward0`. */
  readonly name: string
  /** @internal */ readonly rule: Rule<never, never>
  /** @internal Later operations have greater numbers, so that going down in number is an order from outputs to inputs. */
  readonly sequence: number
  /** @internal One per input; null where no gradient is wanted. */
  readonly edges: readonly (Edge | null)[]
  /** @internal */ readonly attrs: A
  /** @internal How many tensors it made. */
  readonly outputs: number
  /** @internal */ readonly index = 0
  /** @internal */ hooks: (Map<number, Hook> | undefined)[] | null = null
  /** @internal Non-leaf tensors that keep their gradient, by output. */
  retained: (Tensor | undefined)[] | null = null
  /** @internal What the running backward has gathered for this node. */
  pending: { readonly grads: (Tensor | null)[]; readonly walk: object; readonly outer: Node['pending'] } | null = null
  #saved: S | null
  #versions: readonly number[]
  /** The place of this node's own output among what it saved. */
  #own = -1

  constructor(name: string, rule: Rule<S, A>, edges: readonly (Edge | null)[], saved: S, attrs: A, outputs = 1) {
    this.name = name
    this.rule = rule as Rule<never, never>
    this.edges = edges
    this.attrs = attrs
    this.outputs = outputs
    this.sequence = ++sequence
    this.#saved = saved
    this.#versions = saved.length === 0 ? NOTHING : versionsOf(saved)
  }

  /** @internal */
  get node(): Node {
    return this as unknown as Node
  }

  /** The nodes of the inputs, each with the place of the gradient among that node's outputs, as in PyTorch's `next_functions`. */
  get nextFunctions(): readonly (readonly [Node | null, number])[] {
    return this.edges.map((e) => (e === null ? [null, 0] : [e.node, e.index]))
  }

  /** @internal Whether input `i` wants a gradient. */
  needs(i: number): boolean {
    return this.edges[i] !== null && this.edges[i] !== undefined
  }

  /** @internal What was saved, after a check that nothing has overwritten it. */
  saved(): S {
    const saved = this.#saved
    if (saved === null) throw new RuntimeError(freed)
    for (let i = 0; i < saved.length; i++) {
      const t = saved[i] as S[number]
      if (t !== null && typeof t !== 'number' && t.storage.version !== this.#versions[i])
        throw modified(t, this.#versions[i] as number, i === this.#own ? (this as unknown as Node) : t.gradFn)
    }
    return saved
  }

  /** @internal Tells the node which of what it saved is its own output, in the version that it has now. */
  adopt(output: Tensor, at: number = this.#saved?.indexOf(output) ?? -1): void {
    if (at < 0) return
    this.#own = at
    ;(this.#versions as number[])[at] = output.storage.version
  }

  /** @internal Replaces what was saved by what an in-place operation knows to be right. */
  resave(replace: (t: Tensor) => Tensor): void {
    if (this.#saved === null) return
    const saved = this.#saved.map((t) => (t === null || typeof t === 'number' ? t : replace(t)))
    this.#saved = saved as unknown as S
    this.#versions = versionsOf(saved)
  }

  /** @internal */
  release(): void {
    const saved = this.#saved
    if (saved === null) return
    for (let i = 0; i < saved.length; i++) {
      const t = saved[i] as S[number]
      if (t === null || typeof t === 'number') continue
      this.#saved = null
      return
    }
  }

  toString(): string {
    return `<${this.name}>`
  }
}

function versionsOf(saved: Saved): number[] {
  const versions = new Array<number>(saved.length)
  for (let i = 0; i < saved.length; i++) {
    const t = saved[i]
    versions[i] = t === null || t === undefined || typeof t === 'number' ? 0 : t.storage.version
  }
  return versions
}

const freed =
  'Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed). Saved intermediate values of the graph are freed when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if you need to access saved tensors after calling backward.'

function modified(t: Tensor, expected: number, maker: Node | null): RuntimeError {
  const from = maker === null ? '' : `, which is output ${t.outputNr} of ${maker.name.replace(/Backward\d*$/, '')},`
  return new RuntimeError(
    `one of the variables needed for gradient computation has been modified by an inplace operation: [${typeName(t.dtype)} ${formatShape(t.shape)}]${from} is at version ${t.storage.version}; expected version ${expected} instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True, check_nan=False).`,
  )
}

const leafRule: Rule<readonly [], Tensor> = { name: 'AccumulateGrad' }

/** The end of the graph at a leaf: gradients that arrive here are added to the leaf's `.grad`. */
export class AccumulateGrad extends Node<readonly [], Tensor> {
  /** The leaf. */
  readonly variable: Tensor
  /** @internal */ postHooks: Map<number, (leaf: Tensor) => void> | null = null

  constructor(variable: Tensor) {
    super('AccumulateGrad', leafRule, NOTHING, NOTHING, variable)
    this.variable = variable
  }
}

/** The edge along which a gradient of `x` flows; null where none is wanted. */
export function gradEdge(x: Tensor): Edge | null {
  const node = x.gradFn
  if (node !== null) return x.outputNr === 0 ? node : { node, index: x.outputNr }
  if (!x.requiresGrad) return null
  x.accumulator ??= new AccumulateGrad(x)
  return x.accumulator as unknown as Node
}

/** One node's backward. */
export function applyNode(node: Node, incoming: readonly (Tensor | null)[]): readonly (Tensor | null)[] {
  const { backward, backwardAll } = node.rule
  // A node is only ever made with a rule of its own types.
  const own = node as Node<never, never>
  if (backwardAll !== undefined) return backwardAll(incoming, own)
  return (backward as NonNullable<typeof backward>)(incoming[0] as Tensor, own)
}
