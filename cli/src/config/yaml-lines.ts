import { type Document, isMap, isScalar, LineCounter, type Pair, parseDocument, visit } from 'yaml'

/** Maximum copies of an anchor's value: more is an attack, not a settings file. */
const maxAliases = 100

/** The value of a YAML text, and the lines of its parts. */
export interface YamlValue {
  readonly value: unknown
  /**
   * Returns the line (from 1) of the key at the end of a path; if the key is missing, of the
   * nearest key above it.
   */
  lineOf(path: readonly PropertyKey[]): number
}

/**
 * Parses a YAML text.
 * @param name the name of the text in messages
 * @throws Error with the line, if the text is not a single valid YAML document
 */
export function parseYaml(text: string, name: string): YamlValue {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault) throw new Error(`${name}:${lines.linePos(fault.pos[0]).line}: this is not valid YAML: ${fault.message}`)
  const prototype = findPrototype(document)
  if (prototype !== null)
    throw new Error(`${name}:${lines.linePos(prototype).line}: the key "__proto__" is not allowed; remove it`)
  const lineOf = (path: readonly PropertyKey[]) => Math.max(1, lines.linePos(offsetOf(document, path)).line)
  return { value: readValue(document, name), lineOf }
}

function readValue(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases })
  } catch (cause) {
    throw new Error(`${name}: an alias (*name) has no anchor (&name) before it, or is used too often`, { cause })
  }
}

/** Returns the offset of a key `__proto__`, which objects would silently lose; null without one. */
function findPrototype(document: Document): number | null {
  let offset: number | null = null
  visit(document, {
    Pair: (_, { key }: Pair) => {
      if (!isScalar(key) || key.value !== '__proto__') return
      offset = key.range?.[0] ?? 0
      return visit.BREAK
    },
  })
  return offset
}

/** Returns the offset of the key at the end of a path. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents
  let offset = 0
  for (const part of path) {
    if (!isMap(node)) break
    const pair = node.items.find(({ key }) => isScalar(key) && key.value === part)
    if (!pair) break
    if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset
    node = pair.value
  }
  return offset
}
