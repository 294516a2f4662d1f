import { byteLetters } from '../text/tokenizer/byte-letters.js'
import { startToyGateway, type ToyGateway } from './toy-gateway.js'
import type { ToyService } from './toy-service.js'

/** Characters of one to four bytes, including combining ones, and the replacement character. */
export const byteAlphabet = ['a', 'b', ' ', '\n', 'é', '\u0301', '数', '\u200d', '🙂', '👩', '\ufffd'] as const

/** The id of the end token. */
export const endOfText = 2
const firstByte = 3
const vocabularySize = 512

/**
 * Bytes by token id: three special tokens without bytes, each byte, then pieces that begin and end
 * inside characters.
 */
export const tokenBytes: readonly Buffer[] = createTokens()

function createTokens(): Buffer[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => Buffer.of(byte))
  const sample = Buffer.from([...byteAlphabet, ...byteAlphabet.toReversed(), ...byteAlphabet.slice(4)].join(''))
  const pieces = new Map<string, Buffer>()
  for (const length of [2, 3, 4, 5, 6, 7, 8])
    for (let start = 0; start + length <= sample.length; start++) {
      const piece = sample.subarray(start, start + length)
      pieces.set(piece.toString('hex'), piece)
    }
  const all = [...Array.from({ length: firstByte }, () => Buffer.alloc(0)), ...bytes, ...pieces.values()]
  if (all.length < vocabularySize) throw new Error(`${all.length} tokens are too few`)
  return all.slice(0, vocabularySize)
}

const spell = (bytes: Buffer): string => Array.from(bytes, (byte) => byteLetters[byte]).join('')
const specials = ['<unk>', '<s>', '</s>']

const tokenizer = {
  added_tokens: specials.map((content, id) => ({ id, content, special: true })),
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
  decoder: { type: 'ByteLevel' },
  model: {
    type: 'BPE',
    vocab: Object.fromEntries(tokenBytes.map((bytes, id) => [specials[id] ?? spell(bytes), id])),
    merges: [],
  },
}

/** Replaces the tokens of a toy service by these. */
export function useByteTokens(service: ToyService): void {
  service.textFiles.set('tokenizer.json', JSON.stringify(tokenizer))
  service.textFiles.set('tokenizer_config.json', '{}')
  service.textFiles.set('chat_template.jinja', '{{ messages[0].content }}')
}

/** Starts a toy gateway with these tokens. */
export function startByteGateway(): Promise<ToyGateway> {
  return startToyGateway({
    prepare: ({ dpo, sft }) => {
      for (const service of [dpo, sft]) useByteTokens(service)
    },
  })
}

/**
 * Splits a text into tokens at any bytes.
 * @param cuts selects each next token among the matching ones; 0 after the end of the list
 */
export function cutIntoTokens(text: string, cuts: readonly number[]): number[] {
  const bytes = Buffer.from(text)
  const ids: number[] = []
  for (let start = 0; start < bytes.length; ) {
    const fitting = tokenBytes.flatMap((token, id) =>
      token.length > 0 && bytes.subarray(start, start + token.length).equals(token) ? [id] : [],
    )
    const id = fitting[(cuts[ids.length] ?? 0) % fitting.length] ?? 0
    ids.push(id)
    start += tokenBytes[id]?.length ?? bytes.length
  }
  return ids
}
