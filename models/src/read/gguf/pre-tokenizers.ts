import type { MetadataReader } from './metadata.js'

/** How a text is split before the merges. The names are those of llama.cpp. */
export interface PreTokenizer {
  readonly normalizer: object | null
  readonly steps: object
  /** Whether a word that is a token skips the merges. */
  readonly ignoresMerges: boolean
  /** Whether a text begins with BOS by default. */
  readonly addsBos: boolean
}

const byteLevel = (useRegex: boolean) => ({
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: useRegex,
})

const split = (pattern: string) => ({ type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false })
const sequence = (...steps: object[]) => ({ type: 'Sequence', pretokenizers: steps })

/**
 * Matches contractions, words, numbers, punctuation, line ends and spaces.
 * @param number the pattern of a number
 */
const words = (number: string) =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${number}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`

const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  'gpt-2': { normalizer: null, steps: byteLevel(true), ignoresMerges: false, addsBos: false },
  // The Digits step would not work: some implementations of it only know ASCII digits.
  smollm: { normalizer: null, steps: sequence(split('\\p{N}'), byteLevel(true)), ignoresMerges: false, addsBos: false },
  'llama-bpe': {
    normalizer: null,
    steps: sequence(split(words('\\p{N}{1,3}')), byteLevel(false)),
    ignoresMerges: true,
    addsBos: true,
  },
  qwen2: {
    normalizer: { type: 'NFC' },
    steps: sequence(split(words('\\p{N}')), byteLevel(false)),
    ignoresMerges: false,
    addsBos: false,
  },
}

/** Returns the pre-tokenizer of a file. @throws Error with an unknown pre-tokenizer */
export function findPreTokenizer(metadata: MetadataReader): PreTokenizer {
  const name = metadata.optionalString('tokenizer.ggml.pre') ?? 'default'
  const found = Object.hasOwn(preTokenizers, name) ? preTokenizers[name] : undefined
  if (found === undefined)
    throw new Error(
      `${metadata.path} has the pre-tokenizer "${name}"; known are: ${Object.keys(preTokenizers).join(', ')}. Build from the Hugging Face folder, which has a tokenizer.json`,
    )
  return found
}
