import { z } from 'zod'

const tokenId = z.int().nonnegative()
const endTokens = z.union([tokenId, z.array(tokenId)]).nullish()

/** The keys of `config.json` that name special tokens. */
export const specialTokenFields = {
  eos_token_id: endTokens,
  bos_token_id: tokenId.nullish(),
  // Some files have -1, which means no token.
  pad_token_id: z.int().nullish(),
}
type SpecialTokenKeys = z.infer<z.ZodObject<typeof specialTokenFields>>

/** The keys of `generation_config.json` that name special tokens. */
export const generationSchema = z.looseObject({ eos_token_id: endTokens, bos_token_id: tokenId.nullish() })

/** The special tokens of a model. */
export interface SpecialTokens {
  /** The ids that end an answer, of both files: those of generation_config.json come first. */
  readonly eosTokenIds: readonly number[]
  readonly bosTokenId: number | null
  readonly padTokenId: number | null
}

/** Returns the special tokens that config.json and generation_config.json name. */
export const resolveSpecialTokens = (
  config: SpecialTokenKeys,
  generation: z.infer<typeof generationSchema>,
): SpecialTokens => ({
  eosTokenIds: union([generation.eos_token_id ?? []].flat(), [config.eos_token_id ?? []].flat()),
  bosTokenId: config.bos_token_id ?? generation.bos_token_id ?? null,
  padTokenId: config.pad_token_id != null && config.pad_token_id >= 0 ? config.pad_token_id : null,
})

/** Returns the ids of both lists without duplicates. */
export const union = (a: readonly number[], b: readonly number[]): number[] => [...new Set([...a, ...b])]
