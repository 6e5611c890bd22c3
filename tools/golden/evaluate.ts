/** Runs the golden Python snippets against our API: names resolve by the rules of api.ts, operators become method calls. */
import { type Callable, call, callMethod, camel, core, lookup } from './api.ts'
import { type Expr, parse, type Statement } from './python.ts'
import { Missing, pyFloat, repr, Slice, toDType } from './value.ts'

/** A dotted name under `torch`, not yet looked up. */
class Name {
  readonly path: string
  constructor(path: string) {
    this.path = path
  }
}

/** A shape, which prints as `torch.Size([2, 3])`. */
class Size {
  readonly shape: readonly number[]
  constructor(shape: readonly number[]) {
    this.shape = shape
  }
  toString(): string {
    return `torch.Size([${this.shape.join(', ')}])`
  }
}

/** Ends a function body. */
class Return {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

type Scope = Map<string, unknown>
type Kwargs = ReadonlyMap<string, unknown>

const { Tensor } = core
const isTensor = (x: unknown): x is core.Tensor => x instanceof Tensor

/** A value for a call of ours: Python's whole numbers, kept apart as bigints while evaluating, become plain numbers. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plain)
  if (value instanceof Size) return value.shape
  return value instanceof Name ? lookup(value.path) : value
}

const plainKwargs = (kwargs: Kwargs): Kwargs => new Map([...kwargs].map(([k, v]) => [k, plain(v)]))

/** Whether all numbers in nested lists are whole, so that `tensor` makes int64 of them as PyTorch does. */
const whole = (value: unknown): boolean => (Array.isArray(value) ? value.every(whole) : typeof value !== 'number')

function callName(path: string, args: readonly unknown[], kwargs: Kwargs): unknown {
  if (path === 'tensor') {
    const [values, ...rest] = args
    return call(path, [whole(values) && !kwargs.has('dtype') ? values : plain(values), ...rest], plainKwargs(kwargs))
  }
  if (path === 'manual_seed') return call(path, args, kwargs)
  return call(path, args.map(plain), plainKwargs(kwargs))
}

const methods: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '//': 'floor_divide',
  '%': 'remainder',
  '**': 'pow',
  '@': 'matmul',
  '&': 'bitwise_and',
  '|': 'bitwise_or',
  '^': 'bitwise_xor',
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
}

const arithmetic: Readonly<Record<string, (x: bigint, y: bigint) => bigint>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '**': (x, y) => x ** y,
}

function operate(op: string, left: unknown, right: unknown): unknown {
  const method = methods[op] as string
  if (isTensor(left)) return callMethod(left, method, [plain(right)])
  if (isTensor(right)) return call(method, [plain(left), right])
  const f = arithmetic[op]
  if (f !== undefined && typeof left === 'bigint' && typeof right === 'bigint') return f(left, right)
  if (op === '/') return Number(left) / Number(right)
  throw new Missing(`${op} on ${typeof left} and ${typeof right}`)
}

/** Our form of what stands between the brackets of `x[...]`. */
const toIndex = (index: unknown): unknown => {
  if (Array.isArray(index)) return index.map(toIndex)
  return index instanceof Slice ? index : plain(index)
}

function getItem(object: unknown, index: unknown): unknown {
  if (isTensor(object)) return indexTensor(object, toIndex(index))
  const container = object as { get?: Callable; at?: Callable }
  if (typeof container.get === 'function') return container.get(plain(index))
  if (typeof container.at === 'function') return container.at(plain(index))
  throw new Missing('[]')
}

/** A slice in the form our index method takes. */
const sliceForm = (s: Slice): unknown => ({ start: plain(s.start), stop: plain(s.stop), step: plain(s.step) })

const indices = (index: unknown): unknown[] => (Array.isArray(index) ? index : [index]).map((i) => (i instanceof Slice ? sliceForm(i) : i))

/** `x[index]`. */
export function indexTensor(x: core.Tensor, index: unknown): unknown {
  return callMethod(x, 'index', [indices(index)])
}

function getAttribute(object: unknown, name: string): unknown {
  if (object instanceof Name) {
    const path = object.path === '' ? name : `${object.path}.${name}`
    if (object.path === '')
      try {
        return toDType(name)
      } catch {
        return new Name(path)
      }
    return new Name(path)
  }
  const value = (object as Record<string, unknown>)[camel(name)]
  if (value === undefined) throw new Missing(`${(object as object).constructor.name}.${name}`)
  if (typeof object === 'function' && typeof value === 'function') return value.bind(object)
  return name === 'shape' ? new Size(value as readonly number[]) : value
}

function callAttribute(object: unknown, name: string, args: readonly unknown[], kwargs: Kwargs): unknown {
  if (object instanceof Name) return callName((getAttribute(object, name) as Name).path, args, kwargs)
  if (object instanceof Map && name === 'keys') return [...object.keys()]
  if (typeof object === 'function')
    return ((object as unknown as Record<string, Callable>)[camel(name)] as Callable).apply(object, args.map(plain))
  return callMethod(object as object, name, args.map(plain), plainKwargs(kwargs))
}

const builtins: Readonly<Record<string, Callable>> = {
  print: () => null,
  list: (x) => [...(x as Iterable<unknown>)],
  range: (n) => Array.from({ length: Number(n) }, (_, i) => BigInt(i)),
  float: (x) => (x === 'nan' ? Number.NaN : x === 'inf' ? Infinity : Number(x)),
  bool: (x) => (isTensor(x) ? callMethod(x, 'is_nonzero', []) : Boolean(x)),
}

function callValue(callee: unknown, args: readonly unknown[], kwargs: Kwargs): unknown {
  if (callee instanceof Name) return callName(callee.path, args, kwargs)
  if (typeof callee === 'function') {
    if (Object.values(builtins).includes(callee as Callable)) return (callee as Callable)(...args)
    return /^class\b/.test(Function.prototype.toString.call(callee))
      ? new (callee as new (...xs: unknown[]) => unknown)(...args.map(plain))
      : callee(...args.map(plain))
  }
  if (callee !== null && typeof callee === 'object') return callMethod(callee, 'forward', args.map(plain), plainKwargs(kwargs))
  throw new Missing(`a call of ${String(callee)}`)
}

function evaluate(e: Expr, scope: Scope): unknown {
  switch (e.kind) {
    case 'constant':
      return e.value
    case 'name': {
      const value = scope.has(e.name) ? scope.get(e.name) : builtins[e.name]
      if (value === undefined) throw new Missing(e.name)
      return value
    }
    case 'attribute':
      return getAttribute(evaluate(e.object, scope), e.name)
    case 'call': {
      const args = e.args.map((a) => evaluate(a, scope))
      const kwargs = new Map(e.kwargs.map(([k, v]) => [k, evaluate(v, scope)]))
      if (e.callee.kind === 'attribute') return callAttribute(evaluate(e.callee.object, scope), e.callee.name, args, kwargs)
      return callValue(evaluate(e.callee, scope), args, kwargs)
    }
    case 'subscript':
      return getItem(evaluate(e.object, scope), evaluate(e.index, scope))
    case 'slice': {
      const [start, stop, step] = e.parts.map((p) => (p === null ? null : evaluate(p, scope)))
      return new Slice(start, stop, step)
    }
    case 'list':
    case 'tuple':
      return e.items.map((item) => evaluate(item, scope))
    case 'set':
      return new Set(e.items.map((item) => evaluate(item, scope)))
    case 'dict':
      return Object.fromEntries(e.items.map(([k, v]) => [String(evaluate(k, scope)), plain(evaluate(v, scope))]))
    case 'unary': {
      const operand = evaluate(e.operand, scope)
      if (isTensor(operand)) return callMethod(operand, e.op === '-' ? 'neg' : 'bitwise_not', [])
      return typeof operand === 'bigint' ? -operand : -(operand as number)
    }
    case 'binary':
      return operate(e.op, evaluate(e.left, scope), evaluate(e.right, scope))
    case 'lambda':
      return (...args: unknown[]) => plain(evaluate(e.body, inner(scope, e.params, args)))
  }
}

const inner = (scope: Scope, params: readonly string[], args: readonly unknown[]): Scope =>
  new Map([...scope, ...params.map((p, i) => [p, args[i]] as const)])

function assign(target: Expr, value: unknown, scope: Scope): void {
  if (target.kind === 'name') scope.set(target.name, value)
  else if (target.kind === 'tuple') {
    const items = [...(value as Iterable<unknown>)]
    target.items.forEach((t, i) => assign(t, items[i], scope))
  } else if (target.kind === 'attribute') (evaluate(target.object, scope) as Record<string, unknown>)[camel(target.name)] = plain(value)
  else if (target.kind === 'subscript')
    callMethod(evaluate(target.object, scope) as object, 'index_put_', [indices(toIndex(evaluate(target.index, scope))), plain(value)])
}

function assignInPlace(s: Statement & { kind: 'assign' }, scope: Scope): void {
  const op = s.op.slice(0, -1)
  const before = evaluate(s.target, scope)
  const value = evaluate(s.value, scope)
  if (isTensor(before)) callMethod(before, `${methods[op]}_`, [plain(value)])
  else assign(s.target, operate(op, before, value), scope)
}

/** A class of the snippet: its functions become static or instance methods of a class derived from ours. */
function define(s: Statement & { kind: 'class' }, scope: Scope): void {
  const base = s.bases[0] === undefined ? Object : (plain(evaluate(s.bases[0], scope)) as new (...args: unknown[]) => object)
  const made = class extends base {
    constructor(...args: unknown[]) {
      super()
      const init = (this as Record<string, unknown>)['__init__']
      if (typeof init === 'function') init.apply(this, args)
    }
  }
  Object.defineProperty(made, 'name', { value: s.name })
  for (const f of s.body)
    if (f.kind === 'def') {
      const run = (args: unknown[]): unknown => {
        const end = execute(f.body, inner(scope, f.params, args))
        return end instanceof Return ? plain(end.value) : null
      }
      if (f.isStatic) Object.defineProperty(made, camel(f.name), { value: (...args: unknown[]) => run(args) })
      else
        Object.defineProperty(made.prototype, f.name, {
          value(this: unknown, ...args: unknown[]) {
            return run([this, ...args])
          },
        })
    }
  scope.set(s.name, made)
}

function execute(body: readonly Statement[], scope: Scope): unknown {
  let last: unknown = null
  for (const s of body) {
    last = null
    if (s.kind === 'expression') last = evaluate(s.value, scope)
    else if (s.kind === 'assign') {
      if (s.op === '=') assign(s.target, evaluate(s.value, scope), scope)
      else assignInPlace(s, scope)
    } else if (s.kind === 'return') return new Return(s.value === null ? null : evaluate(s.value, scope))
    else if (s.kind === 'class') define(s, scope)
    else if (s.kind === 'with') {
      if (s.context.kind !== 'call') throw new Missing('with')
      const mode = plain(evaluate(s.context.callee, scope)) as (fn: () => unknown) => unknown
      mode(() => execute(s.body, scope))
    } else if (s.kind === 'for')
      for (const item of evaluate(s.iterable, scope) as Iterable<unknown>) {
        assign(s.target, item, scope)
        execute(s.body, scope)
      }
  }
  return last
}

/** Runs a snippet; returns the value of its last line when that is an expression. */
export function run(source: string, names: Readonly<Record<string, unknown>> = {}): unknown {
  const scope: Scope = new Map<string, unknown>([['torch', new Name('')], ['nn', new Name('nn')], ...Object.entries(names)])
  return execute(parse(source), scope)
}

/** A result as Python prints it. */
export function show(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return pyFloat(value)
  return repr(value instanceof Set ? [...value] : value)
}
