/**
 * Strips text like Python's `str.strip`, `lstrip` and `rstrip`. Without `characters` it removes
 * Python's white space, which differs from JavaScript's set (without U+FEFF) and from Unicode's
 * (with U+001C to U+001F).
 */
export function stripText(text: string, sides: { left: boolean; right: boolean }, characters?: string): string {
  const isCut = characters === undefined ? isPythonSpace : (unit: string) => characters.includes(unit)
  let start = 0
  let end = text.length
  while (sides.left && start < end && isCut(text.charAt(start))) start++
  while (sides.right && start < end && isCut(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

function isPythonSpace(unit: string): boolean {
  return (unit >= '\x1c' && unit <= '\x1f') || /\p{White_Space}/u.test(unit)
}

/** Python's `str.capitalize`: the first character in upper case, the others in lower case. */
export function capitalizeText(text: string): string {
  const [first = '', ...rest] = text
  return first.toUpperCase() + rest.join('').toLowerCase()
}

/** A value of the template engine. Items of lists and values of mappings are also such values. */
export interface EngineValue {
  readonly type: string
  readonly value: unknown
}

/** Converts a value in a template like Python's `str()`; an undefined value becomes empty text. */
export function pythonText(value: EngineValue): string {
  if (value.type === 'UndefinedValue') return ''
  return typeof value.value === 'string' ? value.value : pythonRepresentation(value)
}

function pythonRepresentation({ type, value }: EngineValue): string {
  if (type === 'NullValue') return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'string') return quote(value)
  if (type === 'FloatValue' && Number.isInteger(value)) return `${String(value)}.0`
  if (type === 'TupleValue') return `(${listItems(value)}${(value as unknown[]).length === 1 ? ',' : ''})`
  if (Array.isArray(value)) return `[${listItems(value)}]`
  if (value instanceof Map) {
    return `{${[...value].map(([key, item]) => `${quote(String(key))}: ${pythonRepresentation(item)}`).join(', ')}}`
  }
  return String(value)
}

function listItems(value: unknown): string {
  return (value as EngineValue[]).map(pythonRepresentation).join(', ')
}

/** Quotes text like Python: with single quotes, or with double quotes if that avoids an escape. */
function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replace(
    /[\\\n\r\t]|\p{Cc}/gu,
    (unit) => escapes[unit] ?? `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
