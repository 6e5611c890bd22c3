/** Forward hooks: while a module has any, a wrapper stands before its `forward`; with the last one gone, so is the wrapper. */

/** Takes a hook away again; also a `Disposable`, for `using`. */
export interface RemovableHandle {
  remove(): void
  [Symbol.dispose](): void
}

/** Runs before `forward` with its arguments; what it returns, if anything, takes their place. */
export type ForwardPreHook<M extends Forward> = (module: M, inputs: Parameters<M['forward']>) => unknown

/** Runs after `forward` with its arguments and its result; what it returns, if anything, takes the result's place. */
export type ForwardHook<M extends Forward> = (module: M, inputs: Parameters<M['forward']>, output: ReturnType<M['forward']>) => unknown

interface Forward {
  forward(...inputs: never[]): unknown
}

/** A module as its hooks are run: whatever goes in and comes out. */
export interface Hooked {
  forward: Method
}

type Method = (...inputs: unknown[]) => unknown

/** The hooks of one module, in the order in which they run. */
export class ForwardHooks {
  readonly #owner: Hooked
  readonly #before = new Map<symbol, ForwardPreHook<Hooked>>()
  readonly #after = new Map<symbol, ForwardHook<Hooked>>()
  /** What the instance itself had under `forward`, usually nothing: the method is the class's. */
  #own: PropertyDescriptor | undefined

  constructor(owner: Forward) {
    this.#owner = owner as unknown as Hooked
  }

  addBefore(hook: ForwardPreHook<Hooked>): RemovableHandle {
    return this.#add(this.#before, hook)
  }

  addAfter(hook: ForwardHook<Hooked>): RemovableHandle {
    return this.#add(this.#after, hook)
  }

  #add<H>(hooks: Map<symbol, H>, hook: H): RemovableHandle {
    if (this.#before.size + this.#after.size === 0) this.#install()
    const id = Symbol('hook')
    hooks.set(id, hook)
    const remove = (): void => {
      if (hooks.delete(id) && this.#before.size + this.#after.size === 0) this.#uninstall()
    }
    return { remove, [Symbol.dispose ?? Symbol.for('Symbol.dispose')]: remove } as RemovableHandle
  }

  #install(): void {
    this.#own = Object.getOwnPropertyDescriptor(this.#owner, 'forward')
    const forward = this.#owner.forward
    const value: Method = (...inputs) => this.#run(forward, inputs)
    // Not enumerable: the wrapper is no field of the module.
    Object.defineProperty(this.#owner, 'forward', { value, configurable: true, enumerable: false, writable: true })
  }

  #uninstall(): void {
    if (this.#own === undefined) Reflect.deleteProperty(this.#owner, 'forward')
    else Object.defineProperty(this.#owner, 'forward', this.#own)
  }

  #run(forward: Method, inputs: unknown[]): unknown {
    // Copies, so that a hook may remove itself or others while they run.
    for (const hook of [...this.#before.values()]) {
      const changed = hook(this.#owner, inputs)
      if (changed !== undefined && changed !== null) inputs = Array.isArray(changed) ? changed : [changed]
    }
    let output = forward.apply(this.#owner, inputs)
    for (const hook of [...this.#after.values()]) output = hook(this.#owner, inputs, output) ?? output
    return output
  }
}
