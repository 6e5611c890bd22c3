/** Forward hooks: while a module has any, a wrapper stands before its `forward`; with the last one gone, so is the wrapper. */

/** Takes a hook away again; also a `Disposable`, for `using`. */
export interface RemovableHandle {
  remove(): void
  [Symbol.dispose](): void
}

type Method = (...inputs: unknown[]) => unknown
type PreHook = (owner: object, inputs: unknown[]) => unknown
type Hook = (owner: object, inputs: unknown[], output: unknown) => unknown

/** The hooks of one module, in the order in which they run. */
export class ForwardHooks {
  readonly #owner: object
  readonly #before = new Map<symbol, PreHook>()
  readonly #after = new Map<symbol, Hook>()
  /** What the instance itself had under `forward`, usually nothing: the method is the class's. */
  #own: PropertyDescriptor | undefined

  constructor(owner: object) {
    this.#owner = owner
  }

  addBefore(hook: PreHook): RemovableHandle {
    return this.#add(this.#before, hook)
  }

  addAfter(hook: Hook): RemovableHandle {
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
    const forward = (this.#owner as { forward: Method }).forward
    const value: Method = (...inputs) => this.#run(forward, inputs)
    // Not enumerable: the wrapper is no field of the module.
    Object.defineProperty(this.#owner, 'forward', { value, configurable: true, enumerable: false, writable: true })
  }

  #uninstall(): void {
    if (this.#own === undefined) delete (this.#owner as { forward?: Method }).forward
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
