import type { MetadataReader } from './metadata.js'

/** How a text is split before the merges; the names are llama.cpp's. */
export interface PreTokenizer {
  readonly normalizer: object | null
  readonly steps: object
  /** A word that is a token needs no merges. */
  readonly ignoresMerges: boolean
  /** BOS stands before a text unless the file says otherwise. */
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

/** Contractions, words, numbers of up to so many digits, punctuation, line ends, spaces. */
const words = (number: string) =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${number}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`

const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  'gpt-2': { normalizer: null, steps: byteLevel(true), ignoresMerges: false, addsBos: false },
  // Not the Digits step: in some implementations that knows ASCII digits only.
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

/** @throws Error naming a pre-tokenizer that is not known. */
export function findPreTokenizer(metadata: MetadataReader): PreTokenizer {
  const name = metadata.optionalString('tokenizer.ggml.pre') ?? 'default'
  const found = Object.hasOwn(preTokenizers, name) ? preTokenizers[name] : undefined
  if (found === undefined)
    throw new Error(
      `${metadata.path} has the pre-tokenizer "${name}"; known are: ${Object.keys(preTokenizers).join(', ')}. Build from the Hugging Face folder, which has a tokenizer.json`,
    )
  return found
}
