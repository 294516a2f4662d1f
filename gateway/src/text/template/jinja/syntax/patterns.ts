/** White space of Python, as the inside of a class of a regular expression. */
export const spaces = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

const s = `[${spaces}]`
const operators = ['//', '**', '==', '!=', '>=', '<=', ...'+-/*%~[](){}<>=.:|,;']
/** Operators as patterns; brackets cannot be in a class of one character. */
const escaped = operators
  .map((operator) =>
    operator
      .replace(/[+\-/*[\](){}.|]/g, '[$&]')
      .replace('[]]', '\\]')
      .replace('[[]', '\\['),
  )
  .join('|')
const digits = '\\d(?:_?\\d)*'
const float = `(?<!\\.)${digits}(?:(?:\\.${digits})?[eE][+-]?${digits}|\\.${digits})`
const integer = '0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\\da-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*'
const string = `'(?:[^'\\\\]|\\\\.)*'|"(?:[^"\\\\]|\\\\.)*"`
const name = '[\\p{L}\\p{N}\\p{M}\\p{Pc}]+'

/** The regular expressions of the lexer: those of Jinja2 with its usual delimiters. */
export const patterns = {
  /** Text, then [sign of raw, raw], or [start of a tag, its sign]. */
  start: new RegExp(`(.*?)(?:\\{%([-+]?)${s}*(raw)${s}*(?:-%\\}${s}*|%\\})|(\\{\\{|\\{%|\\{#)([-+]?))`, 'ys'),
  rawEnd: new RegExp(`(.*?)\\{%([-+]?)${s}*endraw${s}*(?:\\+%\\}|-%\\}${s}*|%\\}\\n?)`, 'ys'),
  commentEnd: new RegExp(`.*?(?:\\+#\\}|-#\\}${s}*|#\\}\\n?)`, 'ys'),
  blockEnd: new RegExp(`\\+%\\}|-%\\}${s}*|%\\}\\n?`, 'y'),
  printEnd: new RegExp(`-\\}\\}${s}*|\\}\\}`, 'y'),
  token: new RegExp(
    `(?<space>${s}+)|(?<float>${float})|(?<integer>${integer})|(?<name>${name})|(?<string>${string})|(?<operator>${escaped})`,
    'yus',
  ),
  identifier: /^[\p{XID_Start}_]\p{XID_Continue}*$/u,
  onlySpaces: new RegExp(`^${s}+$`),
}

/** The place after the last line feed. */
export function lastIndexOfLine(text: string): number {
  return text.lastIndexOf('\n') + 1
}
