import { advantageBuckets, partBuckets, smallCountBuckets } from './buckets.js'
import { gateway, type MetricDefinitions, model } from './metric-definition.js'

/** Metrics of tokens and of steps of the decode loop, in the gateway. */
export const tokenMetrics = {
  tokenAdvantage: {
    name: 'tandem.token_advantage',
    kind: 'histogram',
    unit: '',
    description: 'Advantage of chosen tokens, log p_dpo - log p_sft in nats, where both models were read.',
    attributes: [...model, 'strategy'],
    processes: gateway,
    buckets: advantageBuckets,
  },
  tokenCandidates: {
    name: 'tandem.token_candidates',
    kind: 'histogram',
    unit: '',
    description: 'Candidates of each token, the size of V_alpha, for strategies that have candidates.',
    attributes: [...model, 'strategy'],
    processes: gateway,
    buckets: smallCountBuckets,
  },
  steps: {
    name: 'tandem.decode_steps',
    kind: 'counter',
    unit: '',
    description: 'Decode steps, labelled by whether the SFT model ran. A step gives at least one token.',
    attributes: [...model, 'sft'],
    processes: gateway,
  },
  draftTokens: {
    name: 'tandem.draft_tokens',
    kind: 'counter',
    unit: '',
    description: 'Tokens that speculation proposed.',
    attributes: model,
    processes: gateway,
  },
  acceptedDraftTokens: {
    name: 'tandem.accepted_draft_tokens',
    kind: 'counter',
    unit: '',
    description: 'Proposed tokens that the strategy then chose.',
    attributes: model,
    processes: gateway,
  },
  stepTime: {
    name: 'tandem.step_time_seconds',
    kind: 'histogram',
    unit: 's',
    description:
      'Time of a step of the decode loop after the first one of an answer, and of its parts: total, dpo, sft, other, overlap, queue, wire, merge. ' +
      'total = dpo + sft + other - overlap + queue + wire + merge. A model that was not run has no value.',
    attributes: [...model, 'part'],
    processes: gateway,
    buckets: partBuckets,
  },
  modelSkew: {
    name: 'tandem.model_skew_seconds',
    kind: 'histogram',
    unit: 's',
    description: 'Difference between the compute times of the SFT and the DPO model, in those steps that run both.',
    attributes: [...model, 'slower'],
    processes: gateway,
    buckets: partBuckets,
  },
  writeTime: {
    name: 'tandem.write_time_seconds',
    kind: 'histogram',
    unit: 's',
    description: 'Time to format a chunk of an answer and to pass it to the HTTP server.',
    attributes: model,
    processes: gateway,
    buckets: partBuckets,
  },
  replays: {
    name: 'tandem.session_replays',
    kind: 'counter',
    unit: '',
    description: 'Sessions whose tokens were sent again because a service no longer held them.',
    attributes: [...model, 'model'],
    processes: gateway,
  },
} as const satisfies MetricDefinitions
