/** Operations that users define, with a derivative of their own. */
import { RuntimeError } from '../errors.ts'
import { recordAll, recording } from '../op.ts'
import type { Operand } from '../promote.ts'
import { allocateTensor, Tensor } from '../tensor.ts'
import { noGrad } from './mode.ts'
import { type Node, type Rule, ruleAll, type Saved } from './node.ts'

/** What `forward` leaves for `backward`; further fields may be set freely on a class of your own. */
export class FunctionContext {
  /** Whether each argument of `forward` wants a gradient. */
  readonly needsInputGrad: readonly boolean[]
  /** @internal */ toSave: readonly (Tensor | null)[] = []
  /** @internal */ readonly nonDifferentiable: Set<Tensor> = new Set()
  /** @internal */ node: Node | null = null
  /** Anything else that `backward` needs. */
  readonly values: Map<string, unknown> = new Map()

  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad
  }

  /** Keeps tensors for `backward`, guarded against in-place changes. */
  saveForBackward(...tensors: (Tensor | null)[]): void {
    this.toSave = tensors
  }

  /** What `saveForBackward` kept. */
  get savedTensors(): readonly Tensor[] {
    return (this.node === null ? this.toSave : (this.node.saved() as Saved)) as readonly Tensor[]
  }

  /** Says that outputs have no gradient. */
  markNonDifferentiable(...outputs: Tensor[]): void {
    for (const t of outputs) this.nonDifferentiable.add(t)
  }
}

/** A class with a static `forward` and `backward`. */
interface FunctionClass<Args extends unknown[], Out extends Tensor | readonly Tensor[]> {
  readonly name: string
  forward(ctx: FunctionContext, ...args: Args): Out
  backward(ctx: FunctionContext, ...grads: Tensor[]): Tensor | null | readonly (Tensor | null)[]
}

interface FunctionAttrs {
  readonly definition: FunctionClass<never[], Tensor>
  readonly ctx: FunctionContext
  readonly arity: number
  readonly outs: readonly { readonly shape: Tensor['shape']; readonly dtype: Tensor['dtype'] }[]
}

const functionRule: Rule<Saved, FunctionAttrs> = /* @__PURE__ */ ruleAll<Saved, FunctionAttrs>('FunctionBackward', (grads, node) => {
  const { definition, ctx, arity, outs } = node.attrs
  ctx.node = node as unknown as Node
  const given = grads.map((g, i) => g ?? allocateTensor(outs[i]?.shape ?? [], outs[i]?.dtype ?? 'float32'))
  // User code may keep what it is shown,
  for (const g of given) g.storage.held = true
  const result = definition.backward(ctx, ...given)
  const back = result === null || result instanceof Tensor ? [result] : result
  if (back.length !== arity)
    throw new RuntimeError(
      `function ${definition.name}Backward returned an incorrect number of gradients (expected ${arity}, got ${back.length})`,
    )
  // and what it returns.
  for (const g of back) if (g !== null && g !== undefined) g.storage.held = true
  return back
})

/**
 * The base of user-defined operations: give a subclass a static `forward` and `backward`, and call its `apply`.
 *
 * @example
 * class Cube extends Function {
 *   static forward(ctx: FunctionContext, x: Tensor): Tensor {
 *     ctx.saveForBackward(x)
 *     return x.pow(3)
 *   }
 *   static backward(ctx: FunctionContext, grad: Tensor): Tensor {
 *     const [x] = ctx.savedTensors
 *     return grad.mul(x.pow(2)).mul(3)
 *   }
 * }
 * Cube.apply(tensor(2, { requiresGrad: true })) // tensor(8., grad_fn=<CubeBackward>)
 * @see https://pytorch.org/docs/stable/autograd.html#torch.autograd.Function
 */
class UserFunction {
  /**
   * Runs `forward` without recording and enters its results into the graph.
   *
   * @throws RuntimeError in the backward pass if `backward` returns another number of gradients than `forward` takes arguments.
   */
  static apply<Args extends unknown[], Out extends Tensor | readonly Tensor[]>(this: FunctionClass<Args, Out>, ...args: Args): Out {
    const inputs: Operand[] = args.map((a) => (a instanceof Tensor ? a : 0))
    const ctx = new FunctionContext(inputs.map((x) => typeof x !== 'number' && x.requiresGrad))
    const result = noGrad(() => this.forward(ctx, ...args))
    if (!recording(inputs)) return result
    const made: readonly Tensor[] = result instanceof Tensor ? [result] : result
    const outs = made.map((t) => (inputs.includes(t) ? t.alias() : t))
    const attrs: FunctionAttrs = {
      definition: this as unknown as FunctionClass<never[], Tensor>,
      ctx,
      arity: args.length,
      outs: outs.map(({ shape, dtype }) => ({ shape, dtype })),
    }
    recordAll(outs, functionRule, inputs, ctx.toSave, attrs, `${this.name}Backward`)
    for (const t of outs) if (ctx.nonDifferentiable.has(t)) t.node = null
    ctx.toSave = []
    return (result instanceof Tensor ? outs[0] : outs) as Out
  }
}

export { UserFunction as Function }
