import * as tokenizers from '@huggingface/tokenizers'

/**
 * The parts of @huggingface/tokenizers 0.2.0 that this folder uses. Each is created from its part
 * of tokenizer.json.
 */
interface Library {
  /**
   * Converts pieces to names of tokens. A character without a token becomes the name of the unknown
   * token, or nothing.
   */
  readonly BPE: new (
    config: unknown,
  ) => { encode(pieces: string[]): string[] }
  /**
   * Converts one piece to names of tokens. A character without a token stays itself. (`encode`
   * overflows the stack on long pieces.)
   */
  readonly Unigram: new (
    config: unknown,
    eosToken: string,
  ) => { tokenize(piece: string): string[] }
  readonly SequenceNormalizer: new (config: unknown) => { normalize(text: string): string }
  /** `pattern` is the Oniguruma expression as a JavaScript expression; null if there is none. */
  readonly SplitPreTokenizer: new (
    config: unknown,
  ) => { readonly pattern: RegExp | null }
  readonly ReplaceDecoder: new (config: unknown) => { decode_chain(tokens: string[]): string[] }
}

/**
 * The library with our types: its own declarations import each other without file extensions, which
 * nodenext cannot resolve.
 */
export const library = tokenizers as unknown as Library
