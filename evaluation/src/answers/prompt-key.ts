import { createHash } from 'node:crypto'
import type { PromptRow } from '../prompts/index.js'

/** A short name of a prompt, the same for equal prompts, whatever the order of a message's keys. */
export function promptKey(prompt: PromptRow['prompt']): string {
  const parts = typeof prompt === 'string' ? prompt : prompt.map((message) => Object.entries(message).sort(byName))
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64').slice(0, 24)
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)
