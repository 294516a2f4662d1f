import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { adapterTextNames, readTextFiles } from '../checkpoint-texts.js'
import { parseJsonObject } from '../json-file.js'
import { readTokens } from '../tokens.js'

/**
 * Reads an adapter's own tokenizer and chat template, which trl and unsloth save next to it. Its
 * config.json is not read: peft uses that of the base.
 * @throws Error with a tokenizer of another format, or a file that cannot be read
 */
export async function readAdapterTexts(folder: string) {
  const root = resolve(folder)
  const names = new Set(await readdir(root))
  refuseOtherAdapterTokenizers(root, names)
  const texts = await readTextFiles(root, adapterTextNames)
  if (names.has(addedTokensName)) assertAddedTokens(root, await readFile(join(root, addedTokensName)), texts.textFiles)
  return texts
}

/** An older form of `added_tokens_decoder`, which transformers reads if that is missing. */
const addedTokensName = 'added_tokens.json'

/** Refuses tokens that only added_tokens.json has: the gateway does not read it. */
function assertAddedTokens(root: string, bytes: Uint8Array, textFiles: ReadonlyMap<string, Uint8Array>): void {
  const config = textFiles.get('tokenizer_config.json')
  // Then transformers does not read added_tokens.json either.
  if (config && parseJsonObject(config, 'tokenizer_config.json').added_tokens_decoder !== undefined) return
  const tokens = readTokens(textFiles.get('tokenizer.json') ?? new Uint8Array())
  for (const [content, id] of Object.entries(parseJsonObject(bytes, join(root, addedTokensName)))) {
    if (tokens.get(Number(id)) === content) continue
    throw new Error(
      `${root} has the token ${JSON.stringify(content)} with the id ${id} in ${addedTokensName}, ` +
        'and its tokenizer.json does not: save both with transformers (AutoTokenizer.from_pretrained(...).save_pretrained(...))',
    )
  }
}

const advice = (name: string): string =>
  'save one there with transformers (AutoTokenizer.from_pretrained(...).save_pretrained(...)), ' +
  `or remove ${name} to use the tokenizer of the base`

/** Files of tokenizers in other formats. */
const otherTokenizerNames = [
  ...['tokenizer.model', 'spiece.model', 'sentencepiece.bpe.model', 'source.spm', 'tekken.json'],
  ...['vocab.json', 'vocab.txt', 'merges.txt', addedTokensName],
]

/**
 * Refuses an adapter whose own tokenizer is only in another format.
 * @param root the adapter in messages
 */
export function refuseOtherAdapterTokenizers(root: string, names: ReadonlySet<string>): void {
  if (names.has('tokenizer.json')) return
  const other =
    otherTokenizerNames.find((name) => names.has(name)) ?? [...names].find((name) => name.endsWith('.tiktoken'))
  if (other !== undefined)
    throw new Error(`${root} has its own tokenizer as ${other} and no tokenizer.json: ${advice(other)}`)
}
