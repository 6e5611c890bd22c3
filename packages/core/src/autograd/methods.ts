/** What a tensor can be asked about its place in the graph; all of it becomes methods. */
import { RuntimeError } from '../errors.ts'
import type { Tensor } from '../tensor.ts'
import { AccumulateGrad, gradEdge, type Hook, type Node } from './node.ts'

export { backward } from './engine.ts'

/** Undoes the registration of a hook. */
export interface HookHandle {
  remove(): void
}

let hookIds = 0

/**
 * Keeps the gradient of a non-leaf tensor in its `.grad` from now on.
 *
 * @throws RuntimeError if `x` does not require a gradient.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.retain_grad.html
 */
export function retainGrad(x: Tensor): void {
  if (!x.requiresGrad) throw new RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
  const node = x.gradFn
  if (node === null || x.retains) return
  x.retains = true
  node.retained ??= []
  node.retained[x.outputNr] = x
}

/**
 * Calls `hook` with every gradient computed for `x`; a tensor that it returns takes the gradient's place.
 *
 * @throws RuntimeError if `x` does not require a gradient.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.register_hook.html
 */
export function registerHook(x: Tensor, hook: Hook): HookHandle {
  const edge = gradEdge(x)
  if (edge === null) throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
  const { node, index } = edge
  node.hooks ??= []
  node.hooks[index] ??= new Map()
  const hooks = node.hooks[index] as Map<number, Hook>
  const id = ++hookIds
  hooks.set(id, hook)
  return { remove: () => void hooks.delete(id) }
}

/**
 * Calls `hook` with the leaf `x` each time its gradient has been added to.
 *
 * @throws RuntimeError if `x` is no leaf or does not require a gradient.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.register_post_accumulate_grad_hook.html
 */
export function registerPostAccumulateGradHook(x: Tensor, hook: (leaf: Tensor) => void): HookHandle {
  if (!x.requiresGrad) throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
  const node: Node | undefined = gradEdge(x)?.node
  if (!(node instanceof AccumulateGrad)) throw new RuntimeError('post accumulate grad hooks cannot be registered on non-leaf tensors')
  node.postHooks ??= new Map()
  const hooks = node.postHooks
  const id = ++hookIds
  hooks.set(id, hook)
  return { remove: () => void hooks.delete(id) }
}

/**
 * The same elements in the same memory, outside the graph.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.detach.html
 */
export function detach(x: Tensor): Tensor {
  return x.alias()
}
