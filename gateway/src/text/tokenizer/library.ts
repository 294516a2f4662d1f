import * as tokenizers from '@huggingface/tokenizers'
import { TextError } from './text-error.js'

/**
 * The part of @huggingface/tokenizers 0.2.0 that this folder uses: its conversion of Oniguruma's
 * expressions to JavaScript's. `pattern` is null if there is none.
 */
interface Library {
  readonly SplitPreTokenizer: new (config: unknown) => { readonly pattern: RegExp | null }
}

/**
 * The library with our types: its own declarations import each other without file extensions, which
 * nodenext cannot resolve.
 */
const library = tokenizers as unknown as Library

const ignoreCase = '(?i)'
/** DeepSeek's. It takes quadratic time on inner spaces; the other form has the same matches. */
const spacesAtEnd = '\\s+$'
const linearSpacesAtEnd = '(?<!\\s)\\s+$'

/** A pattern of tokenizer.json. */
export interface Pattern {
  readonly Regex?: string
  readonly String?: string
}

/**
 * Converts a pattern to a global expression. The library's conversion lacks only a flag at the
 * start.
 * @throws TextError `unsupported_tokenizer` that names the pattern
 */
export function compilePattern(pattern: Pattern = {}): RegExp {
  try {
    const { Regex: source = '' } = pattern
    if (source === spacesAtEnd) return convert({ Regex: linearSpacesAtEnd })
    if (!source.startsWith(ignoreCase)) return convert(pattern)
    const { source: converted, flags } = convert({ Regex: source.slice(ignoreCase.length) })
    return new RegExp(converted, `${flags}i`)
  } catch (cause) {
    if (cause instanceof TextError) throw cause
    throw unsupported(pattern, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function convert(pattern: Pattern): RegExp {
  if (pattern.Regex === undefined && pattern.String === undefined)
    throw unsupported(pattern, 'it has neither Regex nor String')
  const splitter = new library.SplitPreTokenizer({ type: 'Split', pattern, invert: true, behavior: 'Isolated' })
  return splitter.pattern as RegExp
}

function unsupported(pattern: Pattern, reason: string, cause?: unknown): TextError {
  return new TextError(
    'unsupported_tokenizer',
    `the tokenizer splits by the pattern ${JSON.stringify(pattern.Regex ?? pattern)}, which is not supported (${reason}). ` +
      'Supported flags are (?i) before the whole pattern and (?i:...) around words.',
    { cause },
  )
}
