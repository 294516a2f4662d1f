import { modelNameSchema } from '@tandem/process'
import { z } from 'zod'
import { chooseToken, idleSampling, samplingFields, samplingNames } from './sampling.js'
import type { TokenStrategy } from './token-strategy.js'

const parameters = z.strictObject({
  ...samplingFields(1),
  model: modelNameSchema.default('dpo').describe('The model to sample.'),
})

/** Samples one model (nucleus: Holtzman et al., 2020; min-p: Nguyen et al., 2024). */
export const sample: TokenStrategy<typeof parameters> = {
  name: 'sample',
  parameters,
  topLevel: samplingNames,
  idle: idleSampling,
  reads: ({ top_k, temperature, model }, exclude) => {
    if (temperature === 0) return { lead: model, readout: { kind: 'candidates', alpha: 1, exclude }, others: [] }
    // Sampling at a temperature needs all logits, unless top-k keeps only a few ids.
    const readout = top_k > 0 ? ({ kind: 'top-k', k: top_k + exclude.length } as const) : ({ kind: 'full' } as const)
    return { lead: model, readout, others: [] }
  },
  pick: (sampling, input) => chooseToken(input.lead.scores.tokenIds, input.lead.scores.logits, sampling, input),
}
