import { type Document, isMap, isScalar, LineCounter, type Pair, parseDocument, visit } from 'yaml'

/** Copies of an anchor's value: more is a bomb, not a file of settings. */
const maxAliases = 100

/** A YAML text's value, and on which line each part of it stands. */
export interface YamlValue {
  readonly value: unknown
  /** 1-based, of the key at the path's end; of the nearest place that there is, where there is none. */
  lineOf(path: readonly PropertyKey[]): number
}

/**
 * @param name how messages call the text
 * @throws Error with the line, where the text is no single YAML document
 */
export function parseYaml(text: string, name: string): YamlValue {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [fault] = [...document.errors, ...document.warnings]
  if (fault) throw new Error(`${name}:${lines.linePos(fault.pos[0]).line}: this is not valid YAML: ${fault.message}`)
  const prototype = findPrototype(document)
  if (prototype !== null)
    throw new Error(`${name}:${lines.linePos(prototype).line}: there is no key "__proto__"; leave it out`)
  const lineOf = (path: readonly PropertyKey[]) => Math.max(1, lines.linePos(offsetOf(document, path)).line)
  return { value: readValue(document, name), lineOf }
}

function readValue(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases })
  } catch (cause) {
    throw new Error(`${name}: an alias (*name) has no anchor (&name) before it, or stands too often`, { cause })
  }
}

/** Where a key stands that objects cannot have, and lose without a word; null where none does. */
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

/** Where in the text the key stands that a path ends with. */
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
