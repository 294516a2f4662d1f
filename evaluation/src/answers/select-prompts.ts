import { messageOf } from '@tandem/process'
import type { Prompt, PromptFile } from '../prompts/index.js'
import { promptKey } from './prompt-key.js'

/** The prompts of a file that are asked: each one once. */
export interface Selection {
  readonly count: number
  /** Prompts that are in the file a second time. */
  readonly duplicates: number
  /** Prompts that `isWanted` has left out. */
  readonly unwanted: number
  /** The index in the file of the prompt at a position of the selection. */
  indexAt(position: number): number | undefined
  /** Yields the prompts from the one at `start` on, in the order of the file. */
  read(start?: number): AsyncGenerator<Prompt>
}

/** Maximum number of prompts, whose keys are in memory. */
const maxPrompts = 2_000_000

/**
 * Selects the prompts of a file, which is read once for it.
 * @param isWanted gets the key of a prompt
 * @param check throws if a prompt cannot be used
 * @throws Error naming a prompt that cannot be used, or if none is left
 */
export async function selectPrompts(
  prompts: PromptFile,
  isWanted: (key: string) => boolean,
  check: (prompt: Prompt) => void,
): Promise<Selection> {
  if (prompts.count > maxPrompts)
    throw new Error(`${prompts.path} has ${prompts.count} prompts: expected at most ${maxPrompts}. Split the file`)
  const keys = new Set<string>()
  const indices: number[] = []
  let unwanted = 0
  for await (const prompt of prompts.read()) {
    checkPrompt(prompt, prompts, check)
    const key = promptKey(prompt.prompt)
    if (keys.has(key)) continue
    keys.add(key)
    if (isWanted(key)) indices.push(prompt.index)
    else unwanted++
  }
  if (indices.length === 0) throw new Error(`no prompt of ${prompts.path} is in the file of --rejected-from`)
  const duplicates = prompts.count - keys.size
  const read = (start = 0) => readSelected(prompts, indices, start)
  return { count: indices.length, duplicates, unwanted, indexAt: (position) => indices[position], read }
}

async function* readSelected(prompts: PromptFile, indices: readonly number[], start: number): AsyncGenerator<Prompt> {
  let at = start
  for await (const prompt of prompts.read(indices[start] ?? prompts.count)) {
    if (prompt.index !== indices[at]) continue
    yield prompt
    at++
  }
}

function checkPrompt(prompt: Prompt, { path, hasTexts }: PromptFile, check: (prompt: Prompt) => void): void {
  const place = `${path}, prompt ${prompt.index + 1}`
  const isText = typeof prompt.prompt === 'string'
  if (isText !== hasTexts)
    throw new Error(
      `${place} is ${isText ? 'a text' : 'a conversation'}, and others are not: expected one kind in a file`,
    )
  if (typeof prompt.prompt !== 'string' && prompt.prompt.at(-1)?.role === 'assistant')
    throw new Error(`${place} ends with a message of the role assistant: expected the role user`)
  try {
    check(prompt)
  } catch (error) {
    throw new Error(`${place}: ${messageOf(error)}`, { cause: error })
  }
}
