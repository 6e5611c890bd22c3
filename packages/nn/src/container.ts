/** Modules that hold modules: in a chain, in a list, under names. */
import { IndexError, NotImplementedError, type Tensor, ValueError } from '@tapegrad/core'
import { Module } from './module.ts'
import { typeName } from './python.ts'

/** A module from one tensor to one tensor, as `Sequential` chains them. */
export interface Layer extends Module {
  forward(x: Tensor): Tensor
}

const missingForward = (module: Module): NotImplementedError =>
  new NotImplementedError(`Module [${module.constructor.name}] is missing the required "forward" function`)

/** Refuses what cannot be a child, or a name that state dicts could not tell apart. */
function checkChild(name: string, module: unknown): void {
  if (!(module instanceof Module)) throw new TypeError(`${typeName(module)} is not a Module subclass`)
  if (name.includes('.')) throw new ValueError(`module name can't contain ".", got: ${name}`)
  if (name === '') throw new ValueError('module name can\'t be empty string ""')
}

/** Modules in an order, each under a name: what the containers share. */
abstract class Container<M extends Module> extends Module {
  /** @internal */
  protected readonly contents: Map<string, M> = new Map()

  /** @internal The contents come first; a subclass may have fields beside them. */
  protected override *fields(): Generator<readonly [string, unknown]> {
    yield* this.contents
    yield* super.fields()
  }

  /** @internal */
  protected put(name: string, module: M): void {
    checkChild(name, module)
    this.contents.set(name, module)
  }

  /** @internal The module at a position, counted from the end where negative. */
  protected position(index: number): M {
    const module = Number.isInteger(index) ? [...this.contents.values()].at(index) : undefined
    if (module === undefined) throw new IndexError(`index ${index} is out of range`)
    return module
  }

  /** The number of modules. */
  get length(): number {
    return this.contents.size
  }
}

/**
 * Modules one after the other: each gets the result of the one before.
 *
 * Shape: of the first module's input, to that of the last module's output.
 *
 * @example
 * const model = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 3))
 * model.forward(rand([2, 4])).shape // [2, 3]
 * new Sequential({ fc: new Linear(2, 1), act: new Sigmoid() }) // named: keys are fc.weight, fc.bias
 * @throws TypeError if one of them is no module.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Sequential.html
 */
export class Sequential extends Container<Layer> {
  constructor(named: Readonly<Record<string, Layer>>)
  constructor(...layers: Layer[])
  constructor(...layers: (Layer | Readonly<Record<string, Layer>>)[]) {
    super()
    const [first] = layers
    const named = layers.length === 1 && typeof first === 'object' && first !== null && Object.getPrototypeOf(first) === Object.prototype
    for (const [name, layer] of named ? Object.entries(first) : layers.entries()) this.put(String(name), layer as Layer)
  }

  forward(x: Tensor): Tensor {
    for (const layer of this) x = layer.forward(x)
    return x
  }

  /** Adds a module at the end, under the next number. */
  append(layer: Layer): this {
    this.put(String(this.length), layer)
    return this
  }

  /**
   * The module at a position; -1 is the last.
   *
   * @throws IndexError if there is none.
   */
  at(index: number): Layer {
    return this.position(index)
  }

  [Symbol.iterator](): IterableIterator<Layer> {
    return this.contents.values()
  }
}

/**
 * Modules in a list, for a `forward` that calls them itself.
 *
 * @example
 * class Deep extends Module {
 *   readonly layers = new ModuleList(Array.from({ length: 3 }, () => new Linear(4, 4)))
 *   forward(x: Tensor): Tensor {
 *     for (const layer of this.layers) x = layer.forward(x).relu()
 *     return x
 *   }
 * }
 * @throws TypeError if one of them is no module.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
 */
export class ModuleList<M extends Module = Module> extends Container<M> {
  constructor(modules: Iterable<M> = []) {
    super()
    this.extend(modules)
  }

  /** A list is not called itself. @throws NotImplementedError always. */
  forward(): never {
    throw missingForward(this)
  }

  /** Adds a module at the end. */
  append(module: M): this {
    this.put(String(this.length), module)
    return this
  }

  /** Adds several modules at the end. */
  extend(modules: Iterable<M>): this {
    for (const module of modules) this.append(module)
    return this
  }

  /**
   * The module at a position; -1 is the last.
   *
   * @throws IndexError if there is none.
   */
  at(index: number): M {
    return this.position(index)
  }

  [Symbol.iterator](): IterableIterator<M> {
    return this.contents.values()
  }

  /** @internal Equal neighbours share a line: `(0-2): 3 x Linear(...)`. */
  protected override childReprs(): string[] {
    const runs: { first: number; last: number; text: string }[] = []
    for (const [i, module] of [...this].entries()) {
      const text = String(module)
      const run = runs.at(-1)
      if (run?.text === text) run.last = i
      else runs.push({ first: i, last: i, text })
    }
    return runs.map(({ first, last, text }) =>
      first === last ? `(${first}): ${text}` : `(${first}-${last}): ${last - first + 1} x ${text}`,
    )
  }
}

/**
 * Modules under names, for a `forward` that calls them itself. The names are kept as they are.
 *
 * @example
 * const heads = new ModuleDict({ age: new Linear(8, 1), class: new Linear(8, 3) })
 * heads.get('age').forward(x)
 * @throws TypeError if one of them is no module.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
 */
export class ModuleDict<M extends Module = Module> extends Container<M> {
  constructor(modules: Readonly<Record<string, M>> | ReadonlyMap<string, M> = {}) {
    super()
    for (const [name, module] of modules instanceof Map ? modules : Object.entries(modules)) this.put(name, module)
  }

  /** A dictionary is not called itself. @throws NotImplementedError always. */
  forward(): never {
    throw missingForward(this)
  }

  /** Puts a module under a name. */
  set(name: string, module: M): this {
    this.put(name, module)
    return this
  }

  /** Whether there is a module of this name. */
  has(name: string): boolean {
    return this.contents.has(name)
  }

  /**
   * The module of this name.
   *
   * @throws IndexError if there is none.
   */
  get(name: string): M {
    const module = this.contents.get(name)
    if (module === undefined) throw new IndexError(`'${name}'\n  in ModuleDict with keys ${this.keys().join(', ')}`)
    return module
  }

  /** The names, in the order in which they were put. */
  keys(): string[] {
    return [...this.contents.keys()]
  }

  [Symbol.iterator](): IterableIterator<[string, M]> {
    return this.contents.entries()
  }
}
