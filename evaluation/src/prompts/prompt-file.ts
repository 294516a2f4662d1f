import { hashFile, messageOf } from '@tandem/process'
import { recognizeForm, rowReaders } from './forms/index.js'
import type { Prompt, PromptForm, PromptRow } from './prompt.js'
import { type Container, findContainer, type PromptRecord, readRecords } from './read-records.js'

/** A file of prompts whose rows are all valid. */
export interface PromptFile {
  readonly path: string
  readonly form: PromptForm
  /** Whether the prompts are texts, which /v1/completions continues, instead of conversations. */
  readonly hasTexts: boolean
  /** The number of prompts. */
  readonly count: number
  /** The SHA-256 of the file, in hex. */
  readonly sha256: string
  /**
   * Yields the prompts from `start` up to, not including, `end`. The file is read again, so that
   * only the current prompt is in memory.
   */
  read(start?: number, end?: number): AsyncGenerator<Prompt>
}

/**
 * Opens a file of prompts: recognises its form, checks every row and counts them.
 * @param form the form; default: it is recognised by the first row
 * @throws Error naming the file, the line and what is wrong there
 */
export async function openPromptFile(path: string, signal: AbortSignal, form?: PromptForm): Promise<PromptFile> {
  const sha256 = await hashFile(path, signal).catch((cause: NodeJS.ErrnoException) => {
    signal.throwIfAborted()
    throw new Error(`${path} cannot be read (${cause.code ?? cause.message}): expected a file of prompts`, { cause })
  })
  const container = await findContainer(path, form)
  const found = await checkRows(path, container, signal, form)
  async function* read(start = 0, end = found.count): AsyncGenerator<Prompt> {
    let index = 0
    for await (const { value } of readRecords(path, container, signal)) {
      if (index >= end) return
      if (index >= start) yield { index, ...rowReaders[found.form](value) }
      index++
    }
  }
  return { path, sha256, ...found, read }
}

async function checkRows(path: string, container: Container, signal: AbortSignal, given: PromptForm | undefined) {
  let form = container === 'text' ? 'lines' : given
  let hasTexts = false
  let count = 0
  const names = new Set<string>()
  for await (const record of readRecords(path, container, signal)) {
    form ??= explain(path, record, () => recognizeForm(record.value))
    const row = readRow(path, record, form)
    const isText = typeof row.prompt === 'string'
    if (count === 0) hasTexts = isText
    if (form === 'trl' && isText !== hasTexts) throw new Error(mixed(path, record.place, isText))
    if (row.customId !== null && names.has(row.customId))
      throw new Error(`${path} ${record.place}: custom_id "${row.customId}" is used twice: expected one row for each`)
    if (row.customId !== null) names.add(row.customId)
    hasTexts ||= isText
    count++
  }
  if (form === undefined || count === 0) throw new Error(`${path} has no prompts`)
  return { form, hasTexts, count }
}

const mixed = (path: string, place: string, isText: boolean) => {
  const [found, before] = isText ? ['a text', 'messages'] : ['messages', 'a text']
  return `${path} ${place}: prompt is ${found}, and ${before} in the rows before: a file has one kind of prompts`
}

const readRow = (path: string, record: PromptRecord, form: PromptForm): PromptRow =>
  explain(path, record, () => rowReaders[form](record.value))

function explain<T>(path: string, { place }: PromptRecord, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new Error(`${path} ${place}: ${messageOf(error)}`, { cause: error })
  }
}
