/** The backward pass as users call it: `backward` and `grad`. */
import { RuntimeError, warnOnce } from '../errors.ts'
import { formatShape, sameShape } from '../layout.ts'
import { copyOf } from '../op.ts'
import { add } from '../ops/arithmetic.ts'
import { clone } from '../ops/view.ts'
import { allocateTensor, Tensor } from '../tensor.ts'
import { noGrad } from './mode.ts'
import { type Edge, gradEdge } from './node.ts'
import { runPass } from './walk.ts'

/** The edge of an output and the gradient to start with. */
function root(output: Tensor, gradient: Tensor | null | undefined, i: number): [Edge, Tensor] {
  if (!output.requiresGrad) throw new RuntimeError(`element ${i} of tensors does not require grad and does not have a grad_fn`)
  const edge = gradEdgeOf(output)
  if (gradient === null || gradient === undefined) {
    if (output.numel() !== 1) throw new RuntimeError('grad can be implicitly created only for scalar outputs')
    const one = allocateTensor(output.shape, output.dtype)
    one.storage.set(0, 1)
    return [edge, one]
  }
  if (!(gradient instanceof Tensor))
    throw new TypeError(`gradients can be either Tensors or None, but got ${typeof gradient === 'number' ? 'float' : typeof gradient}`)
  if (!sameShape(gradient.shape, output.shape))
    throw new RuntimeError(
      `Mismatch in shape: grad_output[${i}] has a shape of torch.Size(${formatShape(gradient.shape)}) and output[${i}] has a shape of torch.Size(${formatShape(output.shape)}).`,
    )
  gradient.storage.held = true
  return [edge, gradient]
}

const gradEdgeOf = (x: Tensor): Edge => gradEdge(x) as Edge

const cycleWarning =
  'Using backward() with create_graph=True will create a reference cycle between the parameter and its gradient which can cause a memory leak. We recommend using autograd.grad when creating the graph to avoid this. If you have to use this function, make sure to reset the .grad fields of your parameters to None after use to break the cycle and avoid the leak.'

/** Options of `backward`. */
export interface BackwardOptions {
  /** The gradient of whatever is differentiated with respect to this tensor; ones for a tensor of one element. */
  gradient?: Tensor | null
  /** Keep what was saved, so that the graph can be walked again. Default: `createGraph`. */
  retainGraph?: boolean
  /** Record the backward pass itself, for derivatives of derivatives. */
  createGraph?: boolean
  /** Gather gradients in these leaves only. */
  inputs?: Tensor | readonly Tensor[]
}

/**
 * Adds the gradient of `x` with respect to every leaf that it was computed from to that leaf's `.grad`.
 *
 * @example
 * const x = tensor(3, { requiresGrad: true })
 * x.pow(2).backward()
 * x.grad // tensor(6.)
 * @throws RuntimeError if `x` does not require a gradient, has several elements and no `gradient` is given, or its graph was freed.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.backward.html
 */
export function backward(x: Tensor, { gradient, createGraph = false, retainGraph = createGraph, inputs }: BackwardOptions = {}): void {
  const [edge, grad] = root(x, gradient, 0)
  if (createGraph) warnOnce(cycleWarning)
  runFrom([edge], [grad], createGraph, retainGraph, inputs)
}

/**
 * `backward` for several tensors at once: the gradients of all of them add up in the leaves.
 *
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.backward.html
 */
export function backwardAll(
  tensors: readonly Tensor[],
  { gradTensors, createGraph = false, retainGraph = createGraph, inputs }: BackwardAllOptions = {},
): void {
  const roots = tensors.map((t, i) => root(t, gradTensors?.[i], i))
  runFrom(
    roots.map((r) => r[0]),
    roots.map((r) => r[1]),
    createGraph,
    retainGraph,
    inputs,
  )
}

/** Options of `backwardAll`. */
export interface BackwardAllOptions extends Omit<BackwardOptions, 'gradient'> {
  /** One gradient per tensor; null for ones. */
  gradTensors?: readonly (Tensor | null)[]
}

function runFrom(
  edges: readonly Edge[],
  grads: readonly Tensor[],
  createGraph: boolean,
  retainGraph: boolean,
  inputs: BackwardOptions['inputs'],
): void {
  if (inputs === undefined) {
    runPass(edges, grads, { retainGraph, createGraph })
    return
  }
  const leaves = inputs instanceof Tensor ? [inputs] : inputs
  if (leaves.length === 0) throw new RuntimeError("'inputs' argument to backward cannot be empty.")
  for (const t of leaves) if (!t.requiresGrad) throw new RuntimeError('One of the differentiated Tensors does not require grad')
  const caught = runPass(edges, grads, { retainGraph, createGraph, capture: leaves.map(gradEdgeOf), accumulateCaptured: true })
  leaves.forEach((t, i) => {
    const g = caught[i]
    // Those that retain their gradients have got it on the way.
    if (!t.isLeaf && !t.retains && g) t.gradient = t.gradient === null ? (createGraph ? clone(g) : copyOf(g)) : add(t.gradient, g)
  })
}

/** Options of `grad`. */
export interface GradOptions {
  /** One gradient per output; null for ones. */
  gradOutputs?: Tensor | null | readonly (Tensor | null)[]
  /** Keep what was saved, so that the graph can be walked again. Default: `createGraph`. */
  retainGraph?: boolean
  /** Record the backward pass itself, for derivatives of derivatives. */
  createGraph?: boolean
  /** Return null for inputs that the outputs do not depend on, instead of raising. */
  allowUnused?: boolean
  /** Return zeros for inputs that the outputs do not depend on. */
  materializeGrads?: boolean
}

/**
 * The gradients of the sum of `outputs` with respect to `inputs`, returned and not added anywhere.
 *
 * @example
 * const x = tensor(3, { requiresGrad: true })
 * const [dx] = grad(x.pow(3), x, { createGraph: true }) // tensor(27., grad_fn=<MulBackward0>)
 * @throws RuntimeError if an input was not used and `allowUnused` is not set.
 * @see https://pytorch.org/docs/stable/generated/torch.autograd.grad.html
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions & { allowUnused: true },
): (Tensor | null)[]
export function grad(outputs: Tensor | readonly Tensor[], inputs: Tensor | readonly Tensor[], options?: GradOptions): Tensor[]
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions = {},
): (Tensor | null)[] {
  const { createGraph = false, retainGraph = createGraph, materializeGrads = false, allowUnused = materializeGrads } = options
  const outs = outputs instanceof Tensor ? [outputs] : outputs
  const ins = inputs instanceof Tensor ? [inputs] : inputs
  const given = options.gradOutputs
  const gradOutputs = given === null || given === undefined ? [] : given instanceof Tensor ? [given] : given
  const roots = outs.map((t, i) => root(t, gradOutputs[i], i))
  for (const t of ins) if (!t.requiresGrad) throw new RuntimeError('One of the differentiated Tensors does not require grad')
  const caught = runPass(
    roots.map((r) => r[0]),
    roots.map((r) => r[1]),
    { retainGraph, createGraph, capture: ins.map(gradEdgeOf) },
  )
  return caught.map((g, i) => {
    if (g !== null) return g
    if (!allowUnused)
      throw new RuntimeError(
        `The differentiated Tensor at index ${i} appears to not have been used in the graph. Set allow_unused=True if this is the desired behavior.`,
      )
    return materializeGrads ? noGrad(() => copyOf(ins[i] as Tensor).zero_()) : null
  })
}
