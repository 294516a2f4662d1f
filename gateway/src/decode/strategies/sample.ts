import { z } from 'zod'
import { modelNameSchema } from '../../session/model-name.js'
import { chooseToken, idleSampling, samplingFields, samplingNames } from './sampling.js'
import type { Strategy } from './token-strategy.js'

const parameters = z.strictObject({
  ...samplingFields(1),
  model: modelNameSchema.default('dpo').describe('The model that is sampled.'),
})

/** Sampling from one model (nucleus: Holtzman et al., 2020; min-p: Nguyen et al., 2024). */
export const sample: Strategy<typeof parameters> = {
  name: 'sample',
  parameters,
  topLevel: samplingNames,
  idle: idleSampling,
  reads: ({ top_k, temperature, model }, exclude) => {
    if (temperature === 0) return { lead: model, readout: { kind: 'candidates', alpha: 1, exclude }, others: [] }
    // The normaliser at a temperature needs every logit, unless top-k leaves few ids.
    const readout = top_k > 0 ? ({ kind: 'top-k', k: top_k + exclude.length } as const) : ({ kind: 'full' } as const)
    return { lead: model, readout, others: [] }
  },
  pick: (sampling, input) => chooseToken(input.lead.scores.tokenIds, input.lead.scores.logits, sampling, input),
}
