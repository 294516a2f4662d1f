import type { MetadataReader } from './metadata.js'
import { findPreTokenizer } from './pre-tokenizers.js'

/** llama.cpp's llama_token_type. */
const tokenTypes = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const

/**
 * Converts the metadata of a GGUF file with byte-level BPE to tokenizer.json, tokenizer_config.json
 * and chat_template.jinja.
 * @param rows the number of rows of the embedding, which every token id must be below
 * @throws Error with an unknown tokenizer or pre-tokenizer, or with a damaged setting
 */
export function createTextFiles(metadata: MetadataReader, rows: number): Map<string, Uint8Array> {
  const model = metadata.string('tokenizer.ggml.model')
  if (model !== 'gpt2')
    throw new Error(
      `${metadata.path} has a tokenizer of the kind "${model}"; only "gpt2" (byte-level BPE) is converted. ` +
        'Build from the Hugging Face folder, which has a tokenizer.json',
    )
  const { length } = metadata.strings('tokenizer.ggml.tokens')
  if (length > rows)
    throw new Error(
      `${metadata.path} has ${length} tokens and an embedding of ${rows} rows: expected one row per token; ` +
        'is the file damaged?',
    )
  // llama.cpp ignores this setting for these tokenizers and transformers does not, so the right
  // prompts are unknown.
  if (metadata.optionalBoolean('tokenizer.ggml.add_space_prefix') === true)
    throw new Error(
      `${metadata.path} has tokenizer.ggml.add_space_prefix true, which is not converted. ` +
        'Build from the Hugging Face folder, which has a tokenizer.json',
    )
  const files = new Map<string, Uint8Array>()
  const add = (name: string, text: string) => files.set(name, new TextEncoder().encode(text))
  add('tokenizer.json', JSON.stringify(createTokenizer(metadata)))
  add('tokenizer_config.json', `${JSON.stringify(createTokenizerConfig(metadata), null, 2)}\n`)
  const template = metadata.optionalString('tokenizer.chat_template')
  if (template !== null) add('chat_template.jinja', template)
  return files
}

function createTokenizer(metadata: MetadataReader): Record<string, unknown> {
  const preTokenizer = findPreTokenizer(metadata)
  const tokens = metadata.strings('tokenizer.ggml.tokens')
  const types = metadata.optionalNumbers('tokenizer.ggml.token_type') ?? tokens.map(() => tokenTypes.normal)
  if (types.length !== tokens.length)
    throw new Error(
      `${metadata.path} has ${tokens.length} tokens and ${types.length} values of tokenizer.ggml.token_type: ` +
        'expected one per token; is the file damaged?',
    )
  const isAdded = (id: number) =>
    types[id] === tokenTypes.control || types[id] === tokenTypes.userDefined || types[id] === tokenTypes.unknown
  const vocabulary = tokens.flatMap((token, id) => (types[id] === tokenTypes.unused ? [] : [[token, id] as const]))
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: vocabulary
      .filter(([, id]) => isAdded(id))
      .map(([content, id]) => ({
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: types[id] !== tokenTypes.userDefined,
      })),
    normalizer: preTokenizer.normalizer,
    pre_tokenizer: preTokenizer.steps,
    post_processor: createPostProcessor(metadata, tokens, preTokenizer.addsBos),
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: preTokenizer.ignoresMerges,
      vocab: Object.fromEntries(vocabulary),
      merges: metadata.strings('tokenizer.ggml.merges').map((merge) => splitMerge(merge, metadata.path)),
    },
  }
}

/** Splits "a b" into [a, b] at the first space. Byte-level tokens contain no spaces. */
function splitMerge(merge: string, path: string): [string, string] {
  const at = merge.indexOf(' ', 1)
  if (at < 0 || at === merge.length - 1)
    throw new Error(`${path}: the merge "${merge}" is not a pair; is the file damaged?`)
  return [merge.slice(0, at), merge.slice(at + 1)]
}

/** Returns the tokens that are added before and after every text. */
function createPostProcessor(metadata: MetadataReader, tokens: readonly string[], addsBosByDefault: boolean) {
  const edge = (name: 'bos' | 'eos', isDefault: boolean) => {
    if (!(metadata.optionalBoolean(`tokenizer.ggml.add_${name}_token`) ?? isDefault)) return null
    const id = metadata.number(`tokenizer.ggml.${name}_token_id`)
    return { id, token: tokenAt(metadata, tokens, id) }
  }
  const bos = edge('bos', addsBosByDefault)
  const eos = edge('eos', false)
  if (bos === null && eos === null)
    return { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true }
  const special = (part: typeof bos, type: 0 | 1) =>
    part === null ? [] : [{ SpecialToken: { id: part.token, type_id: type } }]
  const text = (name: 'A' | 'B', type: 0 | 1) => [
    ...special(bos, type),
    { Sequence: { id: name, type_id: type } },
    ...special(eos, type),
  ]
  return {
    type: 'TemplateProcessing',
    single: text('A', 0),
    pair: [...text('A', 0), ...text('B', 1)],
    special_tokens: Object.fromEntries(
      [bos, eos].flatMap((part) =>
        part === null ? [] : [[part.token, { id: part.token, ids: [part.id], tokens: [part.token] }]],
      ),
    ),
  }
}

function createTokenizerConfig(metadata: MetadataReader): Record<string, unknown> {
  const tokens = metadata.strings('tokenizer.ggml.tokens')
  const named = { bos_token: 'bos', eos_token: 'eos', unk_token: 'unknown', pad_token: 'padding' }
  const special = Object.entries(named).flatMap(([key, name]) => {
    const id = metadata.optionalNumber(`tokenizer.ggml.${name}_token_id`)
    return id === null ? [] : [[key, tokenAt(metadata, tokens, id)]]
  })
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    clean_up_tokenization_spaces: false,
    ...Object.fromEntries(special),
  }
}

function tokenAt(metadata: MetadataReader, tokens: readonly string[], id: number): string {
  const token = tokens[id]
  if (token === undefined)
    throw new Error(
      `${metadata.path} names the special token ${id}: expected an id below ${tokens.length}, the size of its ` +
        'vocabulary. Convert the model to GGUF again',
    )
  return token
}
