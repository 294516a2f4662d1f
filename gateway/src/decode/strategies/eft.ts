import { modelNameSchema } from '@tandem/process'
import { z } from 'zod'
import { logProbabilities, logProbabilityAt } from './advantage.js'
import type { PickInput } from './reads.js'
import { chooseToken, idleSampling, samplingFields } from './sampling.js'
import type { TokenStrategy } from './token-strategy.js'

const parameters = z.strictObject({
  beta: z.number().min(-100).max(100).default(4).describe("Factor of the pair's advantage."),
  // The paper also uses the SFT model here.
  base: modelNameSchema.default('sft').describe('The model to steer.'),
  ...samplingFields(0),
})

type Parameters = z.output<typeof parameters>

const othersOf = (base: string): string[] => [...new Set(['sft', base])].filter((name) => name !== 'dpo')

/**
 * Returns log p_base(v) + beta * (log p_dpo(v) - log p_sft(v)) for
 * the whole vocabulary, not normalised.
 */
function merge({ beta, base }: Parameters, { lead: dpo, others }: PickInput): Float64Array {
  const [sft] = others
  const steered = base === 'dpo' ? dpo : others[othersOf(base).indexOf(base)]
  if (!sft || !steered) throw new TypeError('expected scores of the SFT and the base model, found only some')
  return logProbabilities(steered).map(
    (logProbability, i) => logProbability + beta * (logProbabilityAt(dpo, i) - logProbabilityAt(sft, i)),
  )
}

/**
 * Emulated fine-tuning (Mitchell et al., 2024; paper, section 5, baseline iv): adds the pair's
 * advantage, times beta, to a base model's log-probabilities. Picks the best token at
 * temperature 0, otherwise draws one.
 */
export const eft: TokenStrategy<typeof parameters> = {
  name: 'eft',
  parameters,
  topLevel: ['seed'],
  idle: idleSampling,
  reads: ({ base }) => ({ lead: 'dpo', readout: { kind: 'full' }, others: othersOf(base) }),
  pick: (options, input) => {
    const scores = merge(options, input)
    input.adjust(scores)
    return chooseToken(input.lead.scores.tokenIds, scores, options, input)
  },
}
