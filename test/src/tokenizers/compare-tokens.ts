import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createText, type Text } from '@tandem/gateway/text'

/** A tokenizer with what Hugging Face's tokenizers makes of some strings. */
export interface ExpectedTokens {
  readonly name: string
  /** The content of tokenizer.json. */
  readonly tokenizer: unknown
  readonly strings: readonly string[]
  /** The ids of each string, without BOS and EOS. */
  readonly ids: readonly (readonly number[])[]
  /** The text of these ids, with special tokens skipped and kept. */
  readonly texts: readonly (readonly [skipped: string, kept: string])[]
}

/** Where the gateway's tokenizer gives something else. */
export interface TokenDifference {
  readonly string: string
  readonly what: 'ids' | 'text without special tokens' | 'text'
  readonly found: unknown
  readonly expected: unknown
}

/** Reads a folder that test/fixtures/tokenizer-fuzz/fuzz.py wrote, one tokenizer at a time. */
export function* readExpectedTokens(folder: string): Generator<ExpectedTokens> {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'))
  const strings = read('strings.json') as string[]
  for (const file of readdirSync(folder).sort()) {
    if (file === 'strings.json' || !file.endsWith('.json')) continue
    yield { ...(read(file) as Omit<ExpectedTokens, 'name' | 'strings'>), name: file.slice(0, -'.json'.length), strings }
  }
}

/** Encodes all strings and decodes their ids token by token. Returns each difference. */
export function compareTokens(expected: ExpectedTokens): TokenDifference[] {
  const text = createText({
    tokenizerJson: expected.tokenizer,
    tokenizerConfig: {},
    chatTemplate: null,
    eosTokenIds: [],
    bosTokenId: null,
    modelVocabularySize: 2 ** 31,
  })
  return expected.strings.flatMap((string, index) => compareOne(text, string, expected, index))
}

function compareOne(text: Text, string: string, { ids, texts }: ExpectedTokens, index: number): TokenDifference[] {
  const given = ids[index] ?? []
  const [skipped, kept] = texts[index] ?? []
  const checks = [
    ['ids', text.encodePlain(string), given],
    ['text without special tokens', text.decode(given, { skipSpecialTokens: true }), skipped],
    ['text', text.decode(given, { skipSpecialTokens: false }), kept],
  ] as const
  return checks.flatMap(([what, found, expected]) =>
    JSON.stringify(found) === JSON.stringify(expected) ? [] : [{ string, what, found, expected }],
  )
}
