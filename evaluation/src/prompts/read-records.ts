import { open, readFile, stat } from 'node:fs/promises'
import { messageOf } from '@tandem/process'
import type { PromptForm } from './prompt.js'
import { splitLines } from './split-lines.js'

/** A value of a file, before its form is checked. */
export interface PromptRecord {
  /** Parsed JSON, or a line of text. */
  readonly value: unknown
  /** Where it is, for messages: `line 7` or `element 7`. */
  readonly place: string
}

/** How a file holds its records: one JSON list, a JSON object in each line, or lines of text. */
export type Container = 'list' | 'jsonl' | 'text'

/** Maximum bytes of a JSON list, which is read as a whole. */
const maxListBytes = 512 * 2 ** 20
const sniffedBytes = 1 << 16

/**
 * Finds how a file holds its records: by the end of its name, else by its first characters.
 * @param form the form, if it is known
 */
export async function findContainer(path: string, form: PromptForm | undefined): Promise<Container> {
  if (form === 'lines') return 'text'
  if (/\.json$/i.test(path)) return 'list'
  if (/\.(jsonl|ndjson)$/i.test(path)) return 'jsonl'
  if (/\.txt$/i.test(path) && form === undefined) return 'text'
  const first = (await readStart(path)).trimStart()[0]
  if (first === '{') return 'jsonl'
  return form === undefined ? 'text' : first === '[' ? 'list' : 'jsonl'
}

async function readStart(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(sniffedBytes), 0, sniffedBytes, 0)
    return withoutMark(buffer.toString('utf8', 0, bytesRead))
  } finally {
    await file.close()
  }
}

/**
 * Yields the records of a file in their order. Blank lines are left out.
 * @throws Error naming the place of what is not UTF-8 or not JSON; the signal's reason
 */
export async function* readRecords(
  path: string,
  container: Container,
  signal: AbortSignal,
): AsyncGenerator<PromptRecord> {
  if (container === 'list') return yield* readList(path, signal)
  let number = 0
  for await (const { bytes } of splitLines(path, signal)) {
    number++
    const place = `line ${number}`
    const decoded = decode(bytes, `${path} ${place}`)
    const text = number === 1 ? withoutMark(decoded) : decoded
    if (text.trim() === '') continue
    yield { value: container === 'text' ? text.replace(/\r$/, '') : parse(text, `${path} ${place}`), place }
  }
}

async function* readList(path: string, signal: AbortSignal): AsyncGenerator<PromptRecord> {
  const { size } = await stat(path)
  if (size > maxListBytes)
    throw new Error(`${path} has ${size} bytes: expected a JSON list of at most ${maxListBytes}. Use JSONL instead`)
  const list = parse(withoutMark(decode(await readFile(path, { signal }), path)), path)
  if (!Array.isArray(list))
    throw new Error(`${path} is not a JSON list. If it has a JSON object in each line, name it .jsonl`)
  for (const [i, value] of list.entries()) yield { value, place: `element ${i + 1}` }
}

function decode(bytes: Uint8Array, place: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new Error(`${place} is not UTF-8: save the file as UTF-8`, { cause })
  }
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const found = messageOf(cause)
    const advice = place.endsWith('.json') ? '. If it has a JSON object in each line, name it .jsonl' : ''
    throw new Error(`${place} is not JSON: ${found}${advice}`, { cause })
  }
}

/** Removes the byte order mark that some editors write. */
const withoutMark = (text: string) => text.replace(/^\ufeff/, '')
