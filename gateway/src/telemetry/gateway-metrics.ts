import type { Attributes, Meter } from '@opentelemetry/api'
import { createInstrument } from '@tandem/telemetry'

/**
 * telemetry/ turns the life of a request into spans, metrics and a log line. It reads what the
 * decoder reports and does not know how an answer is decoded.
 */

/** The gateway's instruments, and the attributes that all of their values have. */
export interface GatewayMetrics extends ReturnType<typeof createInstruments> {
  /** Attributes of every value. */
  readonly model: { readonly model_name: string }
}

/**
 * Creates the gateway's instruments.
 * @param pairName the value of `model_name`: a client's model name would be unbounded
 */
export const createGatewayMetrics = (meter: Meter, pairName: string): GatewayMetrics => ({
  ...createInstruments(meter),
  model: { model_name: pairName },
})

/**
 * Returns the attributes of values that are counted for each API key.
 * @param keyName null without keys: the values then have no such attribute
 */
export const withKey = ({ model }: Pick<GatewayMetrics, 'model'>, keyName: string | null): Attributes =>
  keyName === null ? model : { ...model, key: keyName }

const createInstruments = (meter: Meter) => ({
  requestsRunning: createInstrument(meter, 'requestsRunning'),
  requestsWaiting: createInstrument(meter, 'requestsWaiting'),
  promptTokens: createInstrument(meter, 'promptTokens'),
  generationTokens: createInstrument(meter, 'generationTokens'),
  requestSuccess: createInstrument(meter, 'requestSuccess'),
  requestErrors: createInstrument(meter, 'requestErrors'),
  timeToFirstToken: createInstrument(meter, 'timeToFirstToken'),
  interTokenLatency: createInstrument(meter, 'interTokenLatency'),
  requestLatency: createInstrument(meter, 'requestLatency'),
  queueTime: createInstrument(meter, 'queueTime'),
  prefillTime: createInstrument(meter, 'prefillTime'),
  decodeTime: createInstrument(meter, 'decodeTime'),
  inferenceTime: createInstrument(meter, 'inferenceTime'),
  requestPromptTokens: createInstrument(meter, 'requestPromptTokens'),
  requestGenerationTokens: createInstrument(meter, 'requestGenerationTokens'),
  requestAnswers: createInstrument(meter, 'requestAnswers'),
  requestMaxTokens: createInstrument(meter, 'requestMaxTokens'),
  serverTimeToFirstToken: createInstrument(meter, 'serverTimeToFirstToken'),
  serverTimePerToken: createInstrument(meter, 'serverTimePerToken'),
  serverDuration: createInstrument(meter, 'serverDuration'),
  tokenAdvantage: createInstrument(meter, 'tokenAdvantage'),
  tokenCandidates: createInstrument(meter, 'tokenCandidates'),
  steps: createInstrument(meter, 'steps'),
  draftTokens: createInstrument(meter, 'draftTokens'),
  acceptedDraftTokens: createInstrument(meter, 'acceptedDraftTokens'),
  stepTime: createInstrument(meter, 'stepTime'),
  modelSkew: createInstrument(meter, 'modelSkew'),
  writeTime: createInstrument(meter, 'writeTime'),
  replays: createInstrument(meter, 'replays'),
  replicas: createInstrument(meter, 'replicas'),
  failovers: createInstrument(meter, 'failovers'),
  failoverPause: createInstrument(meter, 'failoverPause'),
})
