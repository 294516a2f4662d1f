import * as jinja from '@huggingface/jinja'
import { formatTime } from './format-time.js'

/** The parts of @huggingface/jinja 0.5.11 that are used here. Its own declarations do not resolve under nodenext. */
interface Engine {
  readonly Environment: new (parent?: Environment) => Environment
  readonly Interpreter: new (environment: Environment) => { run(program: Node): { readonly value: string } }
  readonly tokenize: (source: string, options: { lstrip_blocks: boolean; trim_blocks: boolean }) => unknown
  readonly parse: (tokens: unknown) => Node
}

interface Environment {
  set(name: string, value: unknown): unknown
}

/** A node of the parsed template. */
type Node = { type: string; [key: string]: unknown }

const engine = jinja as unknown as Engine

/** What a template throws with `raise_exception`; told apart from a fault of the template itself. */
export class TemplateRefusal extends Error {}

/** A parsed template: variables to text. */
export type Render = (variables: Readonly<Record<string, unknown>>) => string

/** Names that a template cannot write, so that none of its own can hide them. */
const STRIP = { strip: ' strip', lstrip: ' lstrip', rstrip: ' rstrip' } as const

/**
 * Parses a template as transformers' Jinja environment does (trim_blocks, lstrip_blocks, `{% generation %}`).
 * @throws Error of the library where it does not parse.
 */
export function parseTemplate(source: string): Render {
  // Jinja reads every kind of line end as a line feed.
  const tokens = engine.tokenize(source.replace(/\r\n?/g, '\n'), { lstrip_blocks: true, trim_blocks: true })
  const program = engine.parse(tokens)
  rewriteStrips(program)
  return (variables) => {
    const globals = createGlobals()
    const environment = new engine.Environment(globals)
    for (const [name, value] of Object.entries(variables)) if (name !== 'namespace') environment.set(name, value)
    return new engine.Interpreter(environment).run(program).value
  }
}

function createGlobals(): Environment {
  const environment = new engine.Environment()
  const constants = { true: true, True: true, false: false, False: false, none: null, None: null }
  for (const [name, value] of Object.entries(constants)) environment.set(name, value)
  environment.set('raise_exception', (reason: unknown) => {
    throw new TemplateRefusal(String(reason))
  })
  environment.set('range', range)
  environment.set('strftime_now', (format: string) => formatTime(new Date(), format))
  environment.set(STRIP.strip, (text: unknown, characters?: unknown) => strip(text, characters, true, true))
  environment.set(STRIP.lstrip, (text: unknown, characters?: unknown) => strip(text, characters, true, false))
  environment.set(STRIP.rstrip, (text: unknown, characters?: unknown) => strip(text, characters, false, true))
  return environment
}

const MAX_RANGE = 100_000

function range(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second]
  const length = Math.max(0, Math.ceil((stop - start) / step))
  if (!(length <= MAX_RANGE)) throw new Error(`range() of ${length} numbers; at most ${MAX_RANGE} are made`)
  return Array.from({ length }, (_, index) => start + index * step)
}

/**
 * Python's `str.strip`: the library's own ignores the characters asked for (`lstrip('\n')` would take spaces too)
 * and takes JavaScript's white space for Python's.
 */
function strip(text: unknown, characters: unknown, left: boolean, right: boolean): string {
  if (typeof text !== 'string') throw new Error(`strip() of something that is not a string: ${String(text)}`)
  const isCut = typeof characters === 'string' ? (unit: string) => characters.includes(unit) : isPythonSpace
  let start = 0
  let end = text.length
  while (left && start < end && isCut(text.charAt(start))) start++
  while (right && start < end && isCut(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

function isPythonSpace(unit: string): boolean {
  return (unit >= '\x1c' && unit <= '\x1f') || /\p{White_Space}/u.test(unit)
}

/** Turns `x.rstrip(...)` and `x | trim` into calls of the functions above. */
function rewriteStrips(node: unknown): void {
  if (typeof node !== 'object' || node === null) return
  for (const child of node instanceof Map ? [...node].flat() : Object.values(node)) rewriteStrips(child)
  const current = node as Node
  const callee = current.callee as Node | undefined
  const method = callee?.computed === false ? nameOf(callee.property) : undefined
  if (current.type === 'CallExpression' && (method === 'strip' || method === 'lstrip' || method === 'rstrip')) {
    current.args = [callee?.object, ...(current.args as Node[])]
    current.callee = { type: 'Identifier', value: STRIP[method] }
  }
  const filter = current.filter as Node | undefined
  const isTrim = nameOf(filter) === 'trim' || (filter?.type === 'CallExpression' && nameOf(filter.callee) === 'trim')
  if (current.type === 'FilterExpression' && isTrim) {
    current.type = 'CallExpression'
    current.args = [current.operand, ...((filter?.args as Node[] | undefined) ?? [])]
    current.callee = { type: 'Identifier', value: STRIP.strip }
  }
}

function nameOf(node: unknown): string | undefined {
  const identifier = node as Node | undefined
  return identifier?.type === 'Identifier' ? String(identifier.value) : undefined
}
