import * as tokenizers from '@huggingface/tokenizers'

/** The parts of @huggingface/tokenizers 0.2.0 that are used here, each made from its piece of tokenizer.json. */
interface Library {
  /** Pieces to names of tokens; a character without a token comes as the unknown token's name, or not at all. */
  readonly BPE: new (
    config: unknown,
  ) => { encode(pieces: string[]): string[] }
  /** One piece to names of tokens; a character without a token comes as itself. (`encode` overflows the stack on long pieces.) */
  readonly Unigram: new (
    config: unknown,
    eosToken: string,
  ) => { tokenize(piece: string): string[] }
  readonly SequenceNormalizer: new (config: unknown) => { normalize(text: string): string }
  /** `pattern` is the Oniguruma expression in JavaScript's terms; null where there is none. */
  readonly SplitPreTokenizer: new (
    config: unknown,
  ) => { readonly pattern: RegExp | null }
  readonly ReplaceDecoder: new (config: unknown) => { decode_chain(tokens: string[]): string[] }
}

/** The package's own declarations import one another without file extensions, which nodenext resolution does not follow. */
export const library = tokenizers as unknown as Library
