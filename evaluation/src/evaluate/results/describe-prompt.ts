import { basename, extname } from 'node:path'
import type { Prompt } from '../../prompts/index.js'

/** Maximum characters of a name in results. */
const maxName = 200

/** The name of a prompt in results: its own, or its place in the file, from 1. */
export const promptId = ({ customId, index }: Prompt): string =>
  customId === null ? `prompt ${index + 1}` : `prompt ${index + 1}: ${customId}`.slice(0, maxName)

/**
 * The text of a prompt. A conversation of one message is this message, byte for byte, which
 * alpaca_eval needs.
 */
export function promptText({ prompt }: Prompt): string {
  if (typeof prompt === 'string') return prompt
  const [first, ...others] = prompt
  if (others.length === 0 && typeof first?.content === 'string') return first.content
  return prompt.map(({ role, content }) => `${role}: ${asText(content)}`).join('\n\n')
}

/** The dataset of a prompt: the value of a column, or the name of the file. */
export function datasetOf({ columns, index }: Prompt, path: string, field: string | null): string {
  const name = basename(path, extname(path))
  if (field === null) return name.slice(0, maxName)
  const value = columns[field]
  if (typeof value === 'string' && value !== '' && value.length <= maxName) return value
  throw new Error(`${path}, prompt ${index + 1}: ${field} is not a name of a dataset, 1 to ${maxName} characters long`)
}

const asText = (content: unknown) => (typeof content === 'string' ? content : JSON.stringify(content ?? ''))
