import type { EncodeJob } from './encode-job.js'
import type { ChatMessage, ConversationOptions } from './template/chat-message.js'
import { createChatTemplate } from './template/chat-template.js'
import { createConversationEncoder } from './template/conversation.js'
import type { DecodeOptions, Text, TextFiles } from './text.js'
import { createTokenDetokenizer } from './tokenizer/detokenizer.js'
import { createEncoder } from './tokenizer/encoder.js'
import { readEnds } from './tokenizer/post-process.js'
import { readNames } from './tokenizer/read-vocabulary.js'
import { TextError } from './tokenizer/text-error.js'
import { createTokenDecoder } from './tokenizer/token-decoder.js'
import { parseTokenizerFile, type TokenizerFile } from './tokenizer/tokenizer-file.js'
import { finishWork, type Work } from './tokenizer/work.js'

/**
 * Creates the text functions of a model from its files. With a large vocabulary this takes tenths
 * of a second: create it once and keep it.
 *
 * @throws TextError `invalid_tokenizer` | `unsupported_tokenizer` | `invalid_chat_template`, which
 *   name what was found.
 * @example
 * const text = createText({
 *   ...{ tokenizerJson, tokenizerConfig, chatTemplate },
 *   ...{ eosTokenIds: [2], bosTokenId: 1, modelVocabularySize: 512 },
 * })
 * const messages = [{ role: 'user', content: 'Hello' }]
 * const prompt = text.encodeConversation(messages, { addGenerationPrompt: true })
 */
export function createText(files: TextFiles): Text {
  const file = parseTokenizerFile(files.tokenizerJson, files.tokenizerConfig, files.modelVocabularySize)
  const encoder = createEncoder(file)
  const ends = readEnds(file.postProcessor)
  const names = readNames(file.model, file.vocabulary, file.addedTokens)
  const specialTokenIds = findSpecialIds(file, names)
  // As in the Rust library, a token that is matched in normalized text is decoded as that text.
  const normalNames = new Map(encoder.patterns.normalized.map(({ token, pattern }) => [token.id, pattern]))
  const decoder = createTokenDecoder(file.decoder)
  const source = files.chatTemplate ?? file.chatTemplate
  const template = source === null ? null : createChatTemplate(source, file.namedTokens)
  const encodeChat = template === null ? null : createConversationEncoder(encoder, template)
  const encodeText = function* (text: string): Work<number[]> {
    return ends.before.concat(yield* encoder.encode(text), ends.after)
  }
  const start = (job: EncodeJob): Work<number[]> => {
    if (job.type === 'conversation') return (encodeChat ?? refuseConversation)(job.messages, job.options)
    return job.addSpecialTokens ? encodeText(job.text) : encoder.encode(job.text)
  }

  const createDetokenizer = ({ skipSpecialTokens, context = [] }: DecodeOptions) => {
    const nameOf = (id: number): string | null =>
      skipSpecialTokens && specialTokenIds.has(id) ? null : (normalNames.get(id) ?? names[id] ?? null)
    return createTokenDetokenizer(
      decoder,
      nameOf,
      context.some((id) => nameOf(id) !== null),
    )
  }
  const tokenBytes = (id: number): Uint8Array => {
    const name = normalNames.get(id) ?? names[id]
    return name === undefined ? new Uint8Array() : decoder.bytes(name)
  }

  return {
    vocabularySize: names.length,
    specialTokenIds,
    eosTokenIds: files.eosTokenIds,
    bosTokenId: files.bosTokenId,
    hasChatTemplate: template !== null,
    start,
    encode: (text) => finishWork(encodeText(text)),
    encodePlain: (text) => finishWork(encoder.encode(text)),
    encodeConversation: (messages, options) => finishWork(start({ type: 'conversation', messages, options })),
    renderConversation: (messages, options) => (template ?? refuseConversation)(messages, options),
    decode: (ids, options) => {
      const detokenizer = createDetokenizer(options)
      let text = ''
      for (const id of ids) text += detokenizer.push(id)
      return text + detokenizer.finish()
    },
    createDetokenizer,
    tokenBytes,
    tokenText: (id) => Buffer.from(tokenBytes(id)).toString('utf8'),
    tokenName: (id) => names[id],
  }
}

/** Finds special tokens by their spelling, as the Rust library does: one may have several ids. */
function findSpecialIds(file: TokenizerFile, names: readonly (string | undefined)[]): ReadonlySet<number> {
  const specials = new Set(file.addedTokens.filter((token) => token.special).map((token) => token.content))
  return new Set(names.flatMap((name, id) => (name !== undefined && specials.has(name) ? [id] : [])))
}

function refuseConversation(_messages: readonly ChatMessage[], _options: ConversationOptions): never {
  throw new TextError(
    'no_chat_template',
    'this model has no chat template, so it cannot accept messages. Send the prompt as text to /v1/completions.',
  )
}
