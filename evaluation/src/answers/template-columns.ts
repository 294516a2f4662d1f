import type { Fields } from '../prompts/index.js'

/** Columns of a prompt that TRL passes to the chat template. */
const templateFields = ['tools', 'chat_template_kwargs'] as const

/** The fields of a prompt's body that change its tokens. */
export const templateColumns = (body: Fields): Fields =>
  Object.fromEntries(templateFields.flatMap((name) => (body[name] == null ? [] : [[name, body[name]]])))
