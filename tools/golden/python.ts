/** Parses the subset of Python that the golden snippets are written in. */
import { type Token, tokenize } from './tokens.ts'

export type Expr =
  | { readonly kind: 'constant'; readonly value: bigint | number | string | boolean | null | Uint8Array }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly object: Expr; readonly name: string }
  | { readonly kind: 'call'; readonly callee: Expr; readonly args: readonly Expr[]; readonly kwargs: readonly (readonly [string, Expr])[] }
  | { readonly kind: 'subscript'; readonly object: Expr; readonly index: Expr }
  | { readonly kind: 'slice'; readonly parts: readonly (Expr | null)[] }
  | { readonly kind: 'list' | 'tuple' | 'set'; readonly items: readonly Expr[] }
  | { readonly kind: 'dict'; readonly items: readonly (readonly [Expr, Expr])[] }
  | { readonly kind: 'unary'; readonly op: string; readonly operand: Expr }
  | { readonly kind: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly kind: 'lambda'; readonly params: readonly string[]; readonly body: Expr }

export type Statement =
  | { readonly kind: 'expression'; readonly value: Expr }
  | { readonly kind: 'assign'; readonly target: Expr; readonly op: string; readonly value: Expr }
  | { readonly kind: 'return'; readonly value: Expr | null }
  | { readonly kind: 'with'; readonly context: Expr; readonly body: readonly Statement[] }
  | { readonly kind: 'for'; readonly target: Expr; readonly iterable: Expr; readonly body: readonly Statement[] }
  | { readonly kind: 'class'; readonly name: string; readonly bases: readonly Expr[]; readonly body: readonly Statement[] }
  | {
      readonly kind: 'def'
      readonly name: string
      readonly params: readonly string[]
      readonly body: readonly Statement[]
      readonly isStatic: boolean
    }
  | { readonly kind: 'pass' }

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' }
const unquote = (text: string): string => text.slice(1, -1).replace(/\\(.)/g, (_, c: string) => escapes[c] ?? c)

/** Binary operators, loosest first. */
const precedence: readonly (readonly string[])[] = [
  ['==', '!=', '<', '<=', '>', '>='],
  ['|'],
  ['^'],
  ['&'],
  ['+', '-'],
  ['*', '/', '//', '%', '@'],
]

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(source: string) {
    this.#tokens = tokenize(source)
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token
  }

  #ends(type: Token['type']): boolean {
    return this.#token.type === type
  }

  #is(text: string): boolean {
    return (this.#token.type === 'op' || this.#token.type === 'name') && this.#token.text === text
  }

  #accept(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at++
    return true
  }

  #expect(text: string): void {
    if (!this.#accept(text)) throw new SyntaxError(`expected '${text}' before '${this.#token.text}'`)
  }

  #take(type: Token['type']): string {
    if (this.#token.type !== type) throw new SyntaxError(`expected a ${type} before '${this.#token.text}'`)
    return (this.#tokens[this.#at++] as Token).text
  }

  program(): Statement[] {
    const body: Statement[] = []
    while (!this.#ends('end')) body.push(...this.#line())
    return body
  }

  /** One logical line: a compound statement, or simple ones between semicolons. */
  #line(): Statement[] {
    if (this.#accept('class')) {
      const name = this.#take('name')
      const bases = this.#accept('(') ? this.#items(')') : []
      return [{ kind: 'class', name, bases, body: this.#block() }]
    }
    if (this.#is('@') || this.#is('def')) return [this.#def()]
    if (this.#accept('with')) return [{ kind: 'with', context: this.#expression(), body: this.#block() }]
    if (this.#accept('for')) {
      const target = this.#primary()
      this.#expect('in')
      return [{ kind: 'for', target, iterable: this.#expressionList(), body: this.#block() }]
    }
    const body = [this.#simple()]
    while (this.#accept(';')) if (this.#token.type !== 'newline') body.push(this.#simple())
    this.#take('newline')
    return body
  }

  #def(): Statement {
    let isStatic = false
    while (this.#accept('@')) {
      isStatic = this.#take('name') === 'staticmethod' || isStatic
      this.#take('newline')
    }
    this.#expect('def')
    const name = this.#take('name')
    this.#expect('(')
    const params = this.#params(')')
    this.#expect(')')
    return { kind: 'def', name, params, body: this.#block(), isStatic }
  }

  #params(end: string): string[] {
    const names: string[] = []
    while (!this.#is(end)) {
      names.push(this.#take('name'))
      if (!this.#accept(',')) break
    }
    return names
  }

  #block(): Statement[] {
    this.#expect(':')
    if (this.#token.type !== 'newline') return this.#line()
    this.#take('newline')
    this.#take('indent')
    const body: Statement[] = []
    while (!this.#ends('dedent')) body.push(...this.#line())
    this.#take('dedent')
    return body
  }

  #simple(): Statement {
    if (this.#accept('pass')) return { kind: 'pass' }
    if (this.#accept('return')) return { kind: 'return', value: this.#token.type === 'newline' ? null : this.#expressionList() }
    if (this.#is('import') || this.#is('from')) {
      while (this.#token.type !== 'newline' && !this.#is(';')) this.#at++
      return { kind: 'pass' }
    }
    const value = this.#expressionList()
    for (const op of ['=', '+=', '-=', '*=', '/='])
      if (this.#accept(op)) return { kind: 'assign', target: value, op, value: this.#expressionList() }
    return { kind: 'expression', value }
  }

  /** Expressions between commas make a tuple. */
  #expressionList(): Expr {
    const first = this.#expression()
    if (!this.#is(',')) return first
    const items = [first]
    while (this.#accept(','))
      if (!['newline', 'end'].includes(this.#token.type) && !this.#is('=') && !this.#is(']')) items.push(this.#expression())
    return { kind: 'tuple', items }
  }

  #expression(): Expr {
    if (this.#accept('lambda')) {
      const params = this.#params(':')
      this.#expect(':')
      return { kind: 'lambda', params, body: this.#expression() }
    }
    return this.#binary(0)
  }

  #binary(level: number): Expr {
    const operators = precedence[level]
    if (operators === undefined) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const op = operators.find((o) => this.#is(o))
      if (op === undefined) return left
      this.#at++
      left = { kind: 'binary', op, left, right: this.#binary(level + 1) }
    }
  }

  #unary(): Expr {
    for (const op of ['-', '+', '~']) if (this.#accept(op)) return { kind: 'unary', op, operand: this.#unary() }
    const base = this.#primary()
    return this.#accept('**') ? { kind: 'binary', op: '**', left: base, right: this.#unary() } : base
  }

  #primary(): Expr {
    let e = this.#atom()
    for (;;) {
      if (this.#accept('.')) e = { kind: 'attribute', object: e, name: this.#take('name') }
      else if (this.#accept('(')) e = this.#call(e)
      else if (this.#accept('[')) {
        e = { kind: 'subscript', object: e, index: this.#index() }
        this.#expect(']')
      } else return e
    }
  }

  #call(callee: Expr): Expr {
    const args: Expr[] = []
    const kwargs: [string, Expr][] = []
    while (!this.#is(')')) {
      const next = this.#tokens[this.#at + 1] as Token
      if (this.#token.type === 'name' && next.type === 'op' && next.text === '=') {
        const name = this.#take('name')
        this.#expect('=')
        kwargs.push([name, this.#expression()])
      } else args.push(this.#expression())
      if (!this.#accept(',')) break
    }
    this.#expect(')')
    return { kind: 'call', callee, args, kwargs }
  }

  #index(): Expr {
    const items: Expr[] = []
    let tuple = false
    while (!this.#is(']')) {
      items.push(this.#slice())
      if (!this.#accept(',')) break
      tuple = true
    }
    return tuple ? { kind: 'tuple', items } : (items[0] as Expr)
  }

  #slice(): Expr {
    const parts: (Expr | null)[] = [this.#is(':') ? null : this.#expression()]
    while (this.#accept(':')) parts.push(this.#is(':') || this.#is(',') || this.#is(']') ? null : this.#expression())
    return parts.length === 1 ? (parts[0] as Expr) : { kind: 'slice', parts: [...parts, null].slice(0, 3) }
  }

  #items(end: string): Expr[] {
    const items: Expr[] = []
    while (!this.#is(end)) {
      items.push(this.#expression())
      if (!this.#accept(',')) break
    }
    this.#expect(end)
    return items
  }

  #atom(): Expr {
    const { type, text } = this.#token
    this.#at++
    if (type === 'number') return { kind: 'constant', value: /^\d+$/.test(text) ? BigInt(text) : Number(text) }
    if (type === 'string') return { kind: 'constant', value: unquote(text) }
    if (type === 'bytes') return { kind: 'constant', value: new TextEncoder().encode(unquote(text)) }
    if (type === 'name') {
      if (text === 'None') return { kind: 'constant', value: null }
      if (text === 'True' || text === 'False') return { kind: 'constant', value: text === 'True' }
      return { kind: 'name', name: text }
    }
    if (text === '[') return { kind: 'list', items: this.#items(']') }
    if (text === '{') return this.#braces()
    if (text === '(') {
      if (this.#accept(')')) return { kind: 'tuple', items: [] }
      const first = this.#expression()
      if (this.#accept(')')) return first
      this.#expect(',')
      return { kind: 'tuple', items: [first, ...this.#items(')')] }
    }
    throw new SyntaxError(`unexpected '${text}'`)
  }

  #braces(): Expr {
    if (this.#accept('}')) return { kind: 'dict', items: [] }
    const first = this.#expression()
    if (!this.#accept(':')) {
      if (this.#accept('}')) return { kind: 'set', items: [first] }
      this.#expect(',')
      return { kind: 'set', items: [first, ...this.#items('}')] }
    }
    const items: [Expr, Expr][] = [[first, this.#expression()]]
    while (this.#accept(',') && !this.#is('}')) {
      const key = this.#expression()
      this.#expect(':')
      items.push([key, this.#expression()])
    }
    this.#expect('}')
    return { kind: 'dict', items }
  }
}

/** The statements of a snippet. Throws a SyntaxError for what is outside the subset. */
export const parse = (source: string): Statement[] => new Parser(source).program()
