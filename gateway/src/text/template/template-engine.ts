import * as jinja from '@huggingface/jinja'
import { formatTime } from './format-time.js'
import { pythonFunctions } from './template-functions.js'
import { type Node, rewriteForPython } from './template-rewrite.js'

/**
 * The parts of @huggingface/jinja 0.5.11 that this folder uses. Its own declarations do not resolve
 * under nodenext.
 */
interface Engine {
  readonly Environment: new (parent?: Environment) => Environment
  readonly Interpreter: new (environment: Environment) => { run(program: Node): { readonly value: string } }
  readonly tokenize: (source: string, options: { lstrip_blocks: boolean; trim_blocks: boolean }) => unknown
  readonly parse: (tokens: unknown) => Node
}

interface Environment {
  set(name: string, value: unknown): unknown
}

const engine = jinja as unknown as Engine

/**
 * An error that a template raises with `raise_exception`, in contrast to a failure of the template
 * itself.
 */
export class TemplateRefusalError extends Error {}

/** A parsed template: renders variables to text. */
export type Render = (variables: Readonly<Record<string, unknown>>) => string

/**
 * Parses a template as transformers' Jinja environment does (trim_blocks, lstrip_blocks, `{%
 * generation %}`).
 * @throws Error of the library if it does not parse
 */
export function parseTemplate(source: string): Render {
  // Jinja converts every kind of line break to a line feed.
  const text = quoteRaw(source.replace(/\r\n?/g, '\n'))
  const tokens = engine.tokenize(text, { lstrip_blocks: true, trim_blocks: true })
  const program = engine.parse(tokens)
  rewriteForPython(program)
  return (variables) => {
    const globals = createGlobals()
    const environment = new engine.Environment(globals)
    for (const [name, value] of Object.entries(variables)) if (name !== 'namespace') environment.set(name, value)
    return new engine.Interpreter(environment).run(program).value
  }
}

/**
 * Replaces `{% raw %}`, which the engine does not support, by an expression that prints its text.
 */
function quoteRaw(source: string): string {
  return source.replace(rawBlock, (_, left: string, before: string, text: string, after: string, right: string) => {
    const inner = before === '-' ? text.trimStart() : text
    const shown = after === '-' ? inner.trimEnd() : inner
    const quoted = JSON.stringify(shown).replace(/[{}%#]/g, (mark) => `\\x${mark.charCodeAt(0).toString(16)}`)
    return `{{${left} ${quoted} ${right}}}`
  })
}

const rawBlock = /(?:^[ \t]*)?\{%(-?)\s*raw\s*(-?)%\}(.*?)\{%(-?)\s*endraw\s*(-?)%\}\n?/gms

function createGlobals(): Environment {
  const environment = new engine.Environment()
  const constants = { true: true, True: true, false: false, False: false, none: null, None: null }
  for (const [name, value] of Object.entries(constants)) environment.set(name, value)
  environment.set('raise_exception', (reason: unknown) => {
    throw new TemplateRefusalError(String(reason))
  })
  environment.set('range', range)
  environment.set('strftime_now', (format: string) => formatTime(new Date(), format))
  for (const [name, run] of Object.entries(pythonFunctions)) environment.set(name, run)
  return environment
}

const maxRange = 100_000

function range(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second]
  const length = Math.max(0, Math.ceil((stop - start) / step))
  if (!(length <= maxRange)) throw new Error(`range() of ${length} numbers: expected at most ${maxRange}`)
  return Array.from({ length }, (_, index) => start + index * step)
}
