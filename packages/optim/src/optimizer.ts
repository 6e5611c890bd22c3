/** `class Optimizer`: groups, state, the loop and the state dict. A subclass adds its options and the rule for one parameter. */
import { enableGrad, noGrad, replayable, Tensor, ValueError, warn } from '@tapegrad/core'
import { snakeCase } from './names.ts'
import { text, typeName } from './python.ts'
import { loadStateDict, stateDict } from './state.ts'
import type { OptimizerStateDict, ParamGroup, ParamGroupInput, Params } from './types.ts'

/**
 * The base of all optimizers.
 *
 * A subclass passes its defaults on, checks options in `validate`, and says in `update` how one parameter moves;
 * `update` runs without recording and writes in place.
 *
 * @example
 * class Descent extends Optimizer<{ lr: number }, object> {
 *   constructor(params: Params<{ lr: number }>, { lr = 0.1 } = {}) {
 *     super(params, { lr })
 *   }
 *   protected override update(parameter: Tensor, grad: Tensor, _state: object, { lr }: { lr: number }): void {
 *     parameter.add_(grad, { alpha: -lr })
 *   }
 * }
 * @see https://pytorch.org/docs/stable/optim.html#torch.optim.Optimizer
 */
export abstract class Optimizer<Options extends object, State extends object> {
  /** The groups, with all their options; change `paramGroups[0].lr` to change the learning rate. */
  readonly paramGroups: ParamGroup<Options>[] = []
  /** What is remembered of each parameter that has been updated. */
  readonly state: Map<Tensor, State> = new Map()
  /** The options of groups that do not say otherwise. */
  readonly defaults: Readonly<Options>

  /**
   * @throws TypeError if `params` is not an iterable of tensors or groups.
   * @throws ValueError if there are none, one is not a leaf, one is in two groups, or an option is impossible.
   */
  constructor(params: Params<Options>, defaults: Options) {
    // What Node's console prints, found without importing anything of Node.
    Object.defineProperty(this, Symbol.for('nodejs.util.inspect.custom'), { value: () => this.toString() })
    this.defaults = defaults
    this.validate(defaults)
    const iterable = typeof params === 'object' && params !== null && !(params instanceof Tensor) && Symbol.iterator in params
    if (!iterable)
      throw new TypeError(`params argument given to the optimizer should be an iterable of Tensors or dicts, but got ${typeName(params)}`)
    const items: (Tensor | ParamGroupInput<Options>)[] = [...params]
    const [first] = items
    if (first === undefined) throw new ValueError('optimizer got an empty parameter list')
    if (isGroup(first)) for (const group of items) this.addParamGroup(group as ParamGroupInput<Options>)
    else this.addParamGroup({ params: items } as unknown as ParamGroupInput<Options>)
  }

  /** Moves one parameter along its gradient: in place, without a graph. What it keeps in `state` is saved. */
  protected abstract update(parameter: Tensor, grad: Tensor, state: State, options: Options): void

  /** Whether `update` may keep a gradient beyond the step. Where it never does, `zeroGrad()` can use its memory again at once. */
  protected get keepsGradients(): boolean {
    return true
  }

  /** Refuses impossible options; they may come from the user, a group or a state dict. */
  protected validate(_options: Options): void {}

  /** What PyTorch's groups have beside our options, for reprs and state dicts to be the same. */
  protected constants(): Readonly<Record<string, unknown>> {
    return { differentiable: false, foreach: null, fused: null }
  }

  /**
   * Adds a group of parameters, to fine-tune a layer that was frozen for example.
   *
   * @throws TypeError if one of them is no tensor.
   * @throws ValueError if one is not a leaf or is in another group already.
   * @see https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.add_param_group.html
   */
  addParamGroup(group: ParamGroupInput<Options>): void {
    if (!isGroup(group)) throw new TypeError(`param_group must be a dict, but got <class '${typeName(group)}'>`)
    const params = group.params instanceof Tensor ? [group.params] : [...group.params]
    for (const p of params) {
      if (!(p instanceof Tensor)) throw new TypeError(`optimizer can only optimize Tensors, but one of the params is ${typeName(p)}`)
      if (!p.isLeaf && !p.retains) throw new ValueError("can't optimize a non-leaf Tensor")
    }
    const distinct = new Set(params)
    if (distinct.size < params.length)
      warn(
        'optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; see github.com/pytorch/pytorch/issues/40967 for more information',
      )
    if (this.paramGroups.some((other) => other.params.some((p) => distinct.has(p))))
      throw new ValueError('some parameters appear in more than one parameter group')
    const complete: ParamGroup<Options> = { ...this.defaults, ...group, params }
    this.validate(complete)
    this.paramGroups.push(complete)
  }

  /**
   * Updates all parameters that have a gradient; with a closure, which recomputes the loss, returns what that returns.
   *
   * @example
   * optimizer.zeroGrad()
   * loss.backward()
   * optimizer.step()
   * @throws RuntimeError if the closure returns a promise.
   * @see https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.step.html
   */
  step(): void
  step<T>(closure: () => T): T
  step<T>(closure?: () => T): T | undefined {
    const loss = closure === undefined ? undefined : enableGrad(closure)
    // As it stands: options and counted steps are other numbers each time.
    replayable(() => noGrad(() => this.#updateAll()))
    return loss
  }

  #updateAll(): void {
    for (const group of this.paramGroups) {
      for (const p of group.params) {
        const grad = this.keepsGradients ? p.grad : p.gradient
        if (grad === null) continue
        const known = this.state.get(p)
        const state = known ?? ({} as State)
        this.update(p, grad, state, group)
        if (known === undefined && Object.keys(state).length > 0) this.state.set(p, state)
      }
    }
  }

  /**
   * Clears the gradients of all parameters; with `setToNone: false` fills them with zeros instead.
   *
   * Until then each `backward()` adds to them.
   *
   * @see https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.zero_grad.html
   */
  zeroGrad({ setToNone = true }: { setToNone?: boolean } = {}): void {
    replayable(() => {
      for (const { params } of this.paramGroups) {
        for (const p of params) {
          if (setToNone) p.grad = null
          else if (p.grad !== null) p.grad = p.grad.detach().zero_()
        }
      }
    })
  }

  /**
   * The state in PyTorch's layout and names.
   *
   * Its tensors are the optimizer's own, as in PyTorch: clone what has to stay as it is while training goes on.
   *
   * @see https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html
   */
  stateDict(): OptimizerStateDict {
    return stateDict(this.paramGroups, this.state, this.constants())
  }

  /**
   * Takes over the options and a copy of the state from a state dict; options that it lacks keep their defaults.
   *
   * Nothing is changed unless all of it fits.
   *
   * @throws ValueError if the groups have other sizes than this optimizer's, or an option is impossible.
   * @see https://pytorch.org/docs/stable/generated/torch.optim.Optimizer.load_state_dict.html
   */
  loadStateDict(saved: OptimizerStateDict): void {
    const { groups, state } = loadStateDict<Options, State>(saved, this.paramGroups, this.defaults, Object.keys(this.constants()))
    for (const group of groups) this.validate(group)
    this.paramGroups.splice(0, groups.length, ...groups)
    this.state.clear()
    for (const [p, values] of state) this.state.set(p, values)
  }

  /** The repr, to the letter of PyTorch's: every option of every group. */
  toString(): string {
    let out = `${this.constructor.name} (`
    this.paramGroups.forEach(({ params: _, ...options }, i) => {
      const lines = Object.entries({ ...options, ...this.constants() }).map(([key, value]) => `    ${snakeCase(key)}: ${text(value)}\n`)
      out += `\nParameter Group ${i}\n${lines.sort().join('')}`
    })
    return `${out})`
  }
}

const isGroup = (value: unknown): value is { params: unknown } =>
  typeof value === 'object' && value !== null && !(value instanceof Tensor) && 'params' in value
