import type { StepRequest__Output, StepResponse__Output } from '@tandem/proto'
import { LogitProxy } from '../stack/logit-proxy.js'

/** A proxy that counts the steps and bytes between a gateway and a logit service. */
export class CountingProxy extends LogitProxy {
  /** Number of steps that append tokens. */
  forwards = 0
  /** Number of messages with such steps. Each message runs as one batch. */
  batches = 0
  /** Bytes of ids and logits that were read out. */
  bytes = 0

  reset(): void {
    this.forwards = 0
    this.batches = 0
    this.bytes = 0
  }

  protected override onRequest({ steps }: StepRequest__Output): void {
    const forwards = steps.filter(({ tokenIds }) => tokenIds.length > 0).length
    this.forwards += forwards
    this.batches += Math.min(forwards, 1)
  }

  protected override onResponse(response: StepResponse__Output): readonly StepResponse__Output[] {
    const scores = response.results.flatMap(({ rows }) => rows.flatMap((row) => row.scores))
    this.bytes += scores.reduce((sum, { tokenIds, logits }) => sum + tokenIds.length + logits.length, 0)
    return [response]
  }
}
