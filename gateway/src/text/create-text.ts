import { createChatTemplate } from './chat-template.js'
import { createConversationEncoder } from './conversation.js'
import { createTokenDetokenizer } from './detokenizer.js'
import { createEncoder } from './encoder.js'
import { vocabularyEntries } from './merge-added-tokens.js'
import { readEnds } from './post-process.js'
import { createTokenDecoder } from './token-decoder.js'
import { parseTokenizerFile, type TokenizerFile } from './tokenizer-file.js'
import {
  type ChatMessage,
  type ConversationOptions,
  type DecodeOptions,
  type Text,
  TextError,
  type TextFiles,
} from './types.js'

/**
 * Text of a model from its files. Takes tenths of a second for a large vocabulary; make one and keep it.
 *
 * @throws TextError `invalid_tokenizer` | `unsupported_tokenizer` | `invalid_chat_template`, naming what was found.
 * @example
 * const text = createText({ tokenizerJson, tokenizerConfig, chatTemplate, eosTokenIds: [2], bosTokenId: 1, modelVocabularySize: 512 })
 * const prompt = text.encodeConversation([{ role: 'user', content: 'Hello' }], { addGenerationPrompt: true })
 */
export function createText(files: TextFiles): Text {
  const file = parseTokenizerFile(files.tokenizerJson, files.tokenizerConfig, files.modelVocabularySize)
  const encoder = createEncoder(file)
  const ends = readEnds(file.postProcessor)
  const names = readNames(file)
  const specialTokenIds = new Set(file.addedTokens.filter((token) => token.special).map((token) => token.id))
  const decoder = createTokenDecoder(file.decoder)
  const source = files.chatTemplate ?? file.chatTemplate
  const template = source === null ? null : createChatTemplate(source, file.namedTokens)
  const encodeChat = template === null ? null : createConversationEncoder(encoder, template)

  const createDetokenizer = ({ skipSpecialTokens, context = [] }: DecodeOptions) => {
    const nameOf = (id: number): string | null =>
      skipSpecialTokens && specialTokenIds.has(id) ? null : (names[id] ?? null)
    return createTokenDetokenizer(
      decoder,
      nameOf,
      context.some((id) => nameOf(id) !== null),
    )
  }
  const tokenBytes = (id: number): Uint8Array => {
    const name = names[id]
    return name === undefined ? new Uint8Array() : decoder.bytes(name)
  }

  return {
    vocabularySize: names.length,
    specialTokenIds,
    eosTokenIds: files.eosTokenIds,
    bosTokenId: files.bosTokenId,
    hasChatTemplate: template !== null,
    encode: (text) => [...ends.before, ...encoder.encode(text), ...ends.after],
    encodePlain: (text) => encoder.encode(text),
    encodeConversation: (messages, options) => (encodeChat ?? refuseChat)(messages, options),
    renderConversation: (messages, options) => (template ?? refuseChat)(messages, options),
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

/** Token names by id; ids without one are holes. */
function readNames(file: TokenizerFile): readonly (string | undefined)[] {
  const names: (string | undefined)[] = []
  for (const [name, id] of vocabularyEntries(file.model)) names[id] = name
  for (const { id, content } of file.addedTokens) names[id] = content
  return names
}

function refuseChat(_messages: readonly ChatMessage[], _options: ConversationOptions): never {
  throw new TextError(
    'no_chat_template',
    'This model has no chat template, so it cannot take messages. Send its prompt as text to /v1/completions.',
  )
}
