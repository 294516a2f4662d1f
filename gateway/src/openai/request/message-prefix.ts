import { z } from 'zod'
import { invalidRequest } from '../api-error.js'
import { fieldKinds } from './fields.js'

const meaning =
  'Whether the answer continues this message, as with `continue_final_message`. Only for the last message, if its role is `assistant`.'

/**
 * Fields of the last message that ask for `continue_final_message`: of DeepSeek and Mistral, and of
 * Qwen and Moonshot.
 */
export const prefixFields = {
  prefix: fieldKinds.optional(z.boolean()).describe(meaning),
  partial: fieldKinds.optional(z.boolean()).describe(meaning),
}
type PrefixName = keyof typeof prefixFields
const names = Object.keys(prefixFields) as PrefixName[]

type Message = { readonly role: string } & { readonly [name in PrefixName]?: boolean | undefined }

/** Finds a message that asks to be continued and cannot be; null if there is none. */
export function findWrongPrefix(messages: readonly Message[]): readonly [index: number, name: PrefixName] | null {
  for (const [index, message] of messages.entries()) {
    const name = nameIn(message)
    const isLastAnswer = index === messages.length - 1 && message.role === 'assistant'
    if (name !== undefined && !isLastAnswer) return [index, name]
  }
  return null
}

/** Sets `continue_final_message` if the last message asks for it. */
export function withContinuation<
  T extends { readonly continue_final_message: boolean; readonly messages?: readonly Message[] | undefined },
>(fields: T): T {
  const last = fields.messages?.at(-1)
  return last && nameIn(last) !== undefined ? { ...fields, continue_final_message: true } : fields
}

/** Refuses a conversation whose last message is to be continued. @throws ApiError 400 */
export function refuseContinuation(messages: readonly Message[], param: string): void {
  const last = messages.at(-1)
  const name = last && nameIn(last)
  if (name === undefined) return
  const place = `${param}.${messages.length - 1}.${name}`
  throw invalidRequest(`${place} is true: a score is that of the whole conversation; remove it`, place)
}

const nameIn = (message: Message): PrefixName | undefined => names.find((name) => message[name] === true)
