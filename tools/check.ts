/**
 * Checks the structure that the compiler does not: layers inside core, import cycles, which package may know which, Node built-ins in what browsers load,
 * docstrings of the public surface, and `@__PURE__` marks that let bundlers drop unused operations. Prints what is wrong and where.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Core's files, layer by layer from the bottom; `x/` is the rest of a folder. A file imports values only from its own layer and those below. */
const layers: readonly string[] = [
  'errors dtype layout tuple expr special special/ matrix/ random/ print/',
  'memory tape',
  'backend/',
  'storage',
  'tensor autograd/ promote',
  'record',
  'pullback',
  'pointwise elementwise',
  'overloads',
  'op',
  'ops/',
  'autograd/engine autograd/walk autograd/methods autograd/function autograd/anomaly access create create-like ranges random print',
  'capture/ create-methods random-methods testing/',
  'methods testing index',
]

/** Which packages a package may import from. */
const known: Readonly<Record<string, readonly string[]>> = {
  core: [],
  nn: ['core'],
  optim: ['core'],
  data: ['core'],
  distributed: ['core', 'nn', 'optim', 'data'],
  cli: ['core', 'nn', 'optim', 'data', 'distributed'],
  tapegrad: ['core', 'nn', 'optim', 'data', 'distributed'],
}

/** Packages that browsers load: nothing that their main entry reaches may import Node's own modules. */
const browser: readonly string[] = ['core', 'nn', 'optim', 'data', 'tapegrad']

interface Import {
  readonly from: string
  readonly line: number
  /** Whether something of it exists at run time. */
  readonly value: boolean
}

interface Source {
  readonly path: string
  readonly text: string
  readonly imports: readonly Import[]
}

const problems: string[] = []
const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length
const complain = (source: Source, line: number, what: string): void => void problems.push(`${relative(root, source.path)}:${line}: ${what}`)

const statement = /^(?:import|export)\b([^'"`;]*?)\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm

/** Whether an import or export clause names anything but types. */
function hasValue(clause: string): boolean {
  if (/^\s*type\b/.test(clause)) return false
  const braces = /\{([^}]*)\}/.exec(clause)
  if (braces === null) return true
  const names = (braces[1] as string).split(',').flatMap((s) => s.trim() || [])
  return /^\s*[\w$]+\s*,/.test(clause) || names.some((n) => !n.startsWith('type '))
}

function read(path: string): Source {
  const text = readFileSync(path, 'utf8')
  const imports = [...text.matchAll(statement)].map((m) => {
    const from = (m[2] ?? m[3] ?? m[4]) as string
    return {
      from: from.startsWith('.') ? join(dirname(path), from) : from,
      line: lineAt(text, m.index),
      value: m[2] === undefined || hasValue(m[1] as string),
    }
  })
  return { path, text, imports }
}

function sourcesOf(name: string): Map<string, Source> {
  const folder = join(root, 'packages', name, 'src')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts'))
  return new Map(files.sort().map((f) => [join(folder, f), read(join(folder, f))]))
}

function checkLayers(sources: ReadonlyMap<string, Source>): void {
  const folder = join(root, 'packages/core/src')
  const names = layers.map((layer) => layer.split(' '))
  const layerOf = (path: string): number => {
    const name = relative(folder, path).replace(/\.ts$/, '')
    const own = names.findIndex((layer) => layer.includes(name))
    return own >= 0 ? own : names.findIndex((layer) => layer.includes(`${dirname(name).split('/')[0]}/`))
  }
  for (const source of sources.values()) {
    const layer = layerOf(source.path)
    if (layer < 0) complain(source, 1, 'stands in no layer: add it to the list in tools/check.ts')
    for (const { from, line, value } of source.imports)
      if (value && sources.has(from) && layerOf(from) > layer)
        complain(source, line, `imports a value from the layer above: ${relative(folder, from)}`)
  }
}

function checkCycles(sources: ReadonlyMap<string, Source>): void {
  const state = new Map<string, 'open' | 'done'>()
  const walk = (path: string, trail: readonly string[]): void => {
    const source = sources.get(path)
    if (source === undefined || state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      const cycle = [...trail.slice(trail.indexOf(path)), path].map((p) => relative(root, p).replace(/^packages\/\w+\/src\//, ''))
      complain(source, 1, `import cycle: ${cycle.join(' -> ')}`)
      return
    }
    state.set(path, 'open')
    for (const { from, value } of source.imports) if (value) walk(from, [...trail, path])
    state.set(path, 'done')
  }
  for (const path of sources.keys()) walk(path, [])
}

function checkPackages(name: string, sources: ReadonlyMap<string, Source>): void {
  const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>
  }
  const declared = Object.keys(manifest.dependencies ?? {})
  for (const source of sources.values())
    for (const { from, line } of source.imports) {
      if (sources.has(from) || from.startsWith('node:')) continue
      if (from.startsWith('/')) complain(source, line, `imports what is not a file of the package: ${relative(root, from)}`)
      else if (!declared.some((d) => from === d || from.startsWith(`${d}/`)))
        complain(source, line, `imports ${from}, which package.json does not declare`)
      else if (from.startsWith('@tapegrad/') && !known[name]?.includes(from.split('/')[1] as string))
        complain(source, line, `${name} must not know ${from}`)
    }
}

function checkBrowser(sources: ReadonlyMap<string, Source>, entry: string): void {
  const seen = new Set<string>()
  const walk = (path: string): void => {
    const source = sources.get(path)
    if (source === undefined || seen.has(path)) return
    seen.add(path)
    for (const { from, line, value } of source.imports) {
      if (value && from.startsWith('node:')) complain(source, line, `imports ${from}, and browsers load this file`)
      if (value) walk(from)
    }
  }
  walk(entry)
}

/** Complains of exported values of `path` without a docstring; `names` limits which. */
function checkDocs(
  sources: ReadonlyMap<string, Source>,
  path: string,
  names: ReadonlySet<string> | null,
  seen: Set<string> = new Set(),
): void {
  const source = sources.get(path)
  if (source === undefined) return
  for (const m of source.text.matchAll(/^export (?:abstract |async )*(?:function\*?|class|const) (\w+)/gm)) {
    const key = `${path} ${m[1]}`
    if ((names !== null && !names.has(m[1] as string)) || seen.has(key)) continue
    seen.add(key)
    if (!source.text.slice(0, m.index).trimEnd().endsWith('*/'))
      complain(source, lineAt(source.text, m.index), `${m[1]} is public and has no docstring`)
  }
  for (const m of source.text.matchAll(/^export\s*(\*(?: as \w+)?|\{[^}]*\})\s*from\s*'(\.[^']+)'/gm)) {
    const all = (m[1] as string).startsWith('*')
    const listed = [...(m[1] as string).matchAll(/(?<!type )\b(\w+)(?: as (\w+))?\s*[,}]/g)].map((n) => n[1] as string)
    checkDocs(sources, join(dirname(path), m[2] as string), all ? names : new Set(listed), seen)
  }
}

function checkPure(sources: ReadonlyMap<string, Source>): void {
  for (const source of sources.values()) {
    if (!source.path.includes('/core/src/ops/')) continue
    for (const m of source.text.matchAll(
      /^(?:export )?const \w+[^=]*?(?:=>[^=]*?)*= *\n? *((?:new )?[\w.]+(?:<[^()]*>)?\(|\/\* @__PURE__ \*\/)/gm,
    ))
      if (!(m[1] as string).startsWith('/*'))
        complain(source, lineAt(source.text, m.index), 'a call at import time without /* @__PURE__ */')
    for (const m of source.text.matchAll(/^[\w.]+\(/gm)) complain(source, lineAt(source.text, m.index), 'a call at import time')
  }
}

const packages = readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'src')))
for (const name of packages) {
  const sources = sourcesOf(name)
  const entry = join(root, 'packages', name, 'src/index.ts')
  if (name === 'core') {
    checkLayers(sources)
    checkPure(sources)
  }
  checkCycles(sources)
  checkPackages(name, sources)
  if (browser.includes(name)) checkBrowser(sources, entry)
  checkDocs(sources, entry, null)
}

for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
else console.log(`structure: ${packages.length} packages, no problems`)
