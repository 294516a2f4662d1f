import { z } from 'zod'

const tokenId = z.int().nonnegative()
const endTokens = z.union([tokenId, z.array(tokenId)]).nullish()

/** Keys of `config.json` that name tokens. */
export const specialTokenFields = {
  eos_token_id: endTokens,
  bos_token_id: tokenId.nullish(),
  // Some name -1, which no token is.
  pad_token_id: z.int().nullish(),
}
type SpecialTokenKeys = z.infer<z.ZodObject<typeof specialTokenFields>>

export const generationSchema = z.looseObject({ eos_token_id: endTokens, bos_token_id: tokenId.nullish() })

export interface SpecialTokens {
  /** Ends an answer: generation_config.json's where it names any. */
  readonly eosTokenIds: readonly number[]
  readonly bosTokenId: number | null
  readonly padTokenId: number | null
}

export const resolveSpecialTokens = (
  config: SpecialTokenKeys,
  generation: z.infer<typeof generationSchema>,
): SpecialTokens => ({
  eosTokenIds: [generation.eos_token_id ?? config.eos_token_id ?? []].flat(),
  bosTokenId: config.bos_token_id ?? generation.bos_token_id ?? null,
  padTokenId: config.pad_token_id != null && config.pad_token_id >= 0 ? config.pad_token_id : null,
})
