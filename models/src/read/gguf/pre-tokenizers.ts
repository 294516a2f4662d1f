import type { MetadataReader } from './metadata.js'
import { byteLevel, cases, deepseekLetters, sequence, split, words } from './pre-tokenizer-steps.js'

/** How a text is split before the merges. The names are those of llama.cpp. */
export interface PreTokenizer {
  readonly normalizer: object | null
  readonly steps: object
  /** Whether a word that is a token skips the merges. */
  readonly ignoresMerges: boolean
  /** Whether a text begins with BOS by default. */
  readonly addsBos: boolean
}

const plain = { normalizer: null, ignoresMerges: false, addsBos: false }
const composed = { ...plain, normalizer: { type: 'NFC' } }

const llama3 = { ...plain, steps: sequence(split(words('\\p{N}{1,3}')), byteLevel(false)), ignoresMerges: true }
const qwen2 = { ...composed, steps: sequence(split(words('\\p{N}')), byteLevel(false)) }
// The Digits step would not work: some implementations of it only know ASCII digits.
const digits = { ...plain, steps: sequence(split('\\p{N}'), byteLevel(true)) }
const neox = { ...composed, steps: byteLevel(true) }

/**
 * Each entry has the parts of the tokenizer.json that llama.cpp's converter calls by this name, as
 * test/fixtures/gguf-tokenizers proves. llama.cpp itself differs from some of them: it has no NFC
 * for mpt and olmo, merges whole words for smaug-bpe, and approximates gpt-4o and tekken.
 */
const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  'gpt-2': { ...plain, steps: byteLevel(true) },
  smollm: digits,
  starcoder: digits,
  refact: digits,
  'llama-bpe': { ...llama3, addsBos: true },
  // Names of llama-bpe in older files.
  llama3: { ...llama3, addsBos: true },
  'llama-v3': { ...llama3, addsBos: true },
  // Llama 3 as it was first published: without BOS.
  'smaug-bpe': llama3,
  dbrx: { ...llama3, ignoresMerges: false },
  qwen2,
  // The file itself says that BOS is added.
  'deepseek-r1-qwen': qwen2,
  tekken: {
    ...plain,
    steps: sequence(split(cases('', '\\p{N}')), byteLevel(false)),
    ignoresMerges: true,
    addsBos: true,
  },
  'gpt-4o': {
    ...plain,
    steps: sequence(split(cases("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", '\\p{N}{1,3}')), byteLevel(false)),
  },
  mpt: neox,
  olmo: neox,
  'deepseek-llm': {
    ...plain,
    steps: sequence(
      split('[\r\n]'),
      split(`\\s?[${deepseekLetters}]+`),
      split('\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+'),
      split('\\s+$'),
      split('[一-龥ࠀ-一가-퟿]+'),
      split('\\p{N}'),
      byteLevel(false),
    ),
  },
  'deepseek-coder': {
    ...plain,
    steps: sequence(
      split('[\r\n]'),
      split('\\s?\\p{L}+'),
      split('\\s?\\p{P}+'),
      split('[一-龥ࠀ-一가-퟿]+'),
      split('\\p{N}'),
      byteLevel(false),
    ),
  },
  'deepseek-v3': {
    ...plain,
    steps: sequence(
      split('\\p{N}{1,3}'),
      split('[一-龥\u3040-ゟ゠-ヿ]+'),
      split(
        '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+',
      ),
      byteLevel(false),
    ),
  },
}

/** Returns the pre-tokenizer of a file. @throws Error with an unknown pre-tokenizer */
export function findPreTokenizer(metadata: MetadataReader): PreTokenizer {
  const name = metadata.optionalString('tokenizer.ggml.pre') ?? 'default'
  const found = Object.hasOwn(preTokenizers, name) ? preTokenizers[name] : undefined
  if (found === undefined)
    throw new Error(
      `${metadata.path} has the pre-tokenizer "${name}": expected one of ${Object.keys(preTokenizers).join(', ')}. Build from the Hugging Face folder, which has a tokenizer.json`,
    )
  return found
}
