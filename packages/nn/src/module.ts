/** `class Module`: everything it offers follows from walking its fields; nothing is registered. */
import { type DType, RuntimeError, replayable, type Tensor, ValueError } from '@tapegrad/core'
import { convertFields } from './convert.ts'
import { type ForwardHook, ForwardHooks, type ForwardPreHook, type Hooked, type RemovableHandle } from './hooks.ts'
import { snakeCase } from './names.ts'
import { Buffer, Parameter } from './parameter.ts'
import { inspectAsText, repr } from './repr.ts'
import { type LoadResult, loadState, type StateDict, type StateEntry } from './state.ts'

/** Options of `namedParameters`, `namedBuffers` and their unnamed forms. */
export interface WalkOptions {
  /** Whether the modules below count. Default: true. */
  recurse?: boolean
}

type Kept = Parameter | Buffer | Module
const isKept = (value: unknown): value is Kept => value instanceof Parameter || value instanceof Buffer || value instanceof Module

/**
 * The base of all layers and models: a class whose fields are its parameters, buffers and children.
 *
 * A field that holds a `Parameter` is learnt, a `Buffer` is saved, a `Module` is a child; in the order in which the fields are defined.
 * Everything else is left alone: plain tensors, numbers, `null`, and `#private` fields. Names become PyTorch's: `inProjWeight` is
 * `in_proj_weight` in state dicts and reprs. An array of modules would silently not be trained in PyTorch; here it is refused: use `ModuleList`.
 *
 * A module is called as `model.forward(x)`; hooks run with it.
 *
 * @example
 * class Neuron extends Module {
 *   readonly fc = new Linear(2, 1)
 *   forward(x: Tensor): Tensor {
 *     return this.fc.forward(x).sigmoid()
 *   }
 * }
 * new Neuron().namedParameters().map(([name]) => name) // ['fc.weight', 'fc.bias']
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Module.html
 */
export abstract class Module {
  /** Whether the module is in training mode, which layers such as dropout look at. Set it by `train()` and `eval()`. */
  training = true
  #hooks: ForwardHooks | null = null

  constructor() {
    inspectAsText(this)
  }

  /** Computes the output; each class says from what. */
  abstract forward(...inputs: never[]): unknown

  /** @internal Names and values that the walk looks at; containers answer with their contents. */
  protected fields(): Iterable<readonly [string, unknown]> {
    return Object.entries(this).map(([field, value]) => [snakeCase(field), value] as const)
  }

  /** @internal Own parameters, buffers and children under their PyTorch names. */
  kept(): Map<string, Kept> {
    const found = new Map<string, Kept>()
    for (const [name, value] of this.fields()) {
      if (isKept(value)) {
        if (found.has(name))
          throw new ValueError(`attribute '${name}' already exists\n  in ${this.constructor.name}: two fields have this name in snake_case`)
        found.set(name, value)
      } else if (Array.isArray(value) && value.some(isKept)) {
        throw new TypeError(
          `${this.constructor.name}.${name} is an array of modules or parameters, which would not be trained\n  help: make it a ModuleList, or a #private field if it belongs to another module`,
        )
      }
    }
    return found
  }

  /** @internal This module and all below with their dotted names, parents first; a shared one comes up under each of its names. */
  *tree(prefix = '', above: readonly Module[] = []): Generator<[string, Module, Map<string, Kept>]> {
    if (above.includes(this))
      throw new RuntimeError(
        `${this.constructor.name} contains itself, as '${prefix}'\n  help: keep a reference back to a parent in a #private field`,
      )
    const kept = this.kept()
    yield [prefix, this, kept]
    const path = [...above, this]
    for (const [name, value] of kept) if (value instanceof Module) yield* value.tree(prefix === '' ? name : `${prefix}.${name}`, path)
  }

  #named<T extends Kept>(is: (value: Kept) => value is T, { recurse = true }: WalkOptions = {}): [string, T][] {
    const seen = new Set<T>()
    const found: [string, T][] = []
    for (const [prefix, , kept] of this.tree()) {
      for (const [name, value] of kept) {
        if (!is(value) || seen.has(value)) continue
        seen.add(value)
        found.push([prefix === '' ? name : `${prefix}.${name}`, value])
      }
      if (!recurse) break
    }
    return found
  }

  /**
   * The parameters with their dotted names, each once: own ones first, then those of the children.
   *
   * @see https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.named_parameters
   */
  namedParameters(options?: WalkOptions): [string, Parameter][] {
    return this.#named((value) => value instanceof Parameter, options)
  }

  /**
   * The parameters, as an optimizer takes them.
   *
   * @example
   * new SGD(model.parameters(), { lr: 0.1 })
   * @see https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.parameters
   */
  parameters(options?: WalkOptions): Parameter[] {
    return this.namedParameters(options).map(([, parameter]) => parameter)
  }

  /** The buffers with their dotted names, each once. */
  namedBuffers(options?: WalkOptions): [string, Buffer][] {
    return this.#named((value) => value instanceof Buffer, options)
  }

  /** The buffers. */
  buffers(options?: WalkOptions): Buffer[] {
    return this.namedBuffers(options).map(([, buffer]) => buffer)
  }

  /** The modules directly below with their names, each once. */
  namedChildren(): [string, Module][] {
    return this.#named((value) => value instanceof Module, { recurse: false })
  }

  /** The modules directly below. */
  children(): Module[] {
    return this.namedChildren().map(([, module]) => module)
  }

  /** This module (named `''`) and all below with their dotted names, each once, parents first. */
  namedModules(): [string, Module][] {
    const names = new Map<Module, string>()
    for (const [name, module] of this.tree()) if (!names.has(module)) names.set(module, name)
    return [...names].map(([module, name]) => [name, module])
  }

  /** This module and all below, parents first. */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module)
  }

  *#state(): Generator<StateEntry> {
    for (const [name, , kept] of this.tree()) {
      const tensors = new Map<string, Tensor>()
      const children = new Set<string>()
      for (const [key, value] of kept) {
        if (value instanceof Parameter) tensors.set(key, value)
        else if (value instanceof Module) children.add(key)
      }
      // As in PyTorch, buffers follow the parameters.
      for (const [key, value] of kept) if (value instanceof Buffer && value.persistent) tensors.set(key, value)
      yield { prefix: name === '' ? '' : `${name}.`, tensors, children }
    }
  }

  /**
   * Parameters and persistent buffers under PyTorch's keys.
   *
   * The tensors share their memory with the module, as in PyTorch: `clone()` what has to stay as it is while training goes on.
   *
   * @example
   * [...new Linear(2, 1).stateDict().keys()] // ['weight', 'bias']
   * @see https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.state_dict
   */
  stateDict(): Map<string, Tensor> {
    const state = new Map<string, Tensor>()
    for (const { prefix, tensors } of this.#state()) for (const [name, value] of tensors) state.set(prefix + name, value.detach())
    return state
  }

  /**
   * Copies the values of a state dict into this module's parameters and buffers.
   *
   * Nothing is copied unless everything fits, where PyTorch would have loaded the part that does.
   *
   * @example
   * model.loadStateDict(loadSafetensors(bytes).tensors)
   * @throws RuntimeError that lists each size mismatch and, unless `strict` is false, each missing and unexpected key.
   * @see https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.load_state_dict
   */
  loadStateDict(state: StateDict, { strict = true }: { strict?: boolean } = {}): LoadResult {
    return loadState(this, this.#state(), state, strict)
  }

  /**
   * Sets training mode on this module and all below.
   *
   * @throws ValueError if `mode` is no boolean.
   * @see https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.train
   */
  train(mode = true): this {
    if (typeof mode !== 'boolean') throw new ValueError('training mode is expected to be boolean')
    for (const module of this.modules()) module.training = mode
    return this
  }

  /** Sets evaluation mode: the same as `train(false)`. */
  eval(): this {
    return this.train(false)
  }

  /** Clears the gradients of all parameters; with `setToNone: false` it fills them with zeros instead. */
  zeroGrad({ setToNone = true }: { setToNone?: boolean } = {}): void {
    replayable(() => {
      for (const p of this.parameters()) {
        if (setToNone) p.grad = null
        else if (p.grad !== null) p.grad = p.grad.detach().zero_()
      }
    })
  }

  /** Starts or stops asking for gradients of all parameters. */
  requiresGrad_(value = true): this {
    for (const p of this.parameters()) p.requiresGrad_(value)
    return this
  }

  /**
   * Calls `fn` on every module below and then on this one; typically to initialise.
   *
   * @example
   * model.apply((module) => {
   *   if (module instanceof Linear) init.xavierUniform_(module.weight)
   * })
   * @see https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.apply
   */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn)
    fn(this)
    return this
  }

  /**
   * Converts the floating-point parameters and buffers to another dtype.
   *
   * The fields get new tensors, so do it before an optimizer is made.
   *
   * @see https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.to
   */
  to(options: DType | { dtype: DType }): this {
    convertFields(this.modules(), typeof options === 'string' ? options : options.dtype)
    return this
  }

  /** Converts floating-point parameters and buffers to `float32`. */
  float(): this {
    return this.to({ dtype: 'float32' })
  }

  /** Converts floating-point parameters and buffers to `float64`. */
  double(): this {
    return this.to({ dtype: 'float64' })
  }

  /**
   * Adds a function that runs before each `forward` with its arguments; what it returns, if anything, takes their place.
   *
   * @see https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_forward_pre_hook
   */
  registerForwardPreHook<M extends Module>(this: M, hook: ForwardPreHook<M>): RemovableHandle {
    return (this.#hooks ??= new ForwardHooks(this)).addBefore(hook as unknown as ForwardPreHook<Hooked>)
  }

  /**
   * Adds a function that runs after each `forward` with its arguments and its result; what it returns, if anything, takes the result's place.
   *
   * @example
   * const handle = model.registerForwardHook((module, inputs, output) => console.log(String(module), output))
   * handle.remove()
   * @see https://pytorch.org/docs/stable/generated/torch.nn.Module.html#torch.nn.Module.register_forward_hook
   */
  registerForwardHook<M extends Module>(this: M, hook: ForwardHook<M>): RemovableHandle {
    return (this.#hooks ??= new ForwardHooks(this)).addAfter(hook as unknown as ForwardHook<Hooked>)
  }

  /** What stands between the parentheses of the repr; layers say their options here, in PyTorch's words. */
  extraRepr(): string {
    return ''
  }

  /** @internal The lines of the repr that stand for the children. */
  protected childReprs(): string[] {
    return [...this.kept()].flatMap(([name, value]) => (value instanceof Module ? [`(${name}): ${value}`] : []))
  }

  /** The repr, to the letter of PyTorch's: `Linear(in_features=4, out_features=3, bias=True)`. */
  toString(): string {
    return repr(this.constructor.name, this.extraRepr(), this.childReprs())
  }
}
