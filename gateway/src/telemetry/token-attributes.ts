import type { Attributes } from '@opentelemetry/api'
import { attributeNames as names } from '@tandem/telemetry'
import type { Token } from '../decode/loop/token.js'

/** Builds the attributes of a token's span. Values that are not known are left out. */
export function toTokenAttributes({ id, choice, timing }: Token, index: number, answer: number): Attributes {
  return {
    [names.tokenIndex]: index,
    [names.answer]: answer,
    [names.tokenId]: id,
    ...(choice.advantage === null ? {} : { [names.advantage]: choice.advantage }),
    ...(choice.candidateCount === null ? {} : { [names.candidates]: choice.candidateCount }),
    [names.isSftSkipped]: timing.sftUs === null,
    [names.isDraft]: choice.isDraft,
    [names.stepUs]: timing.stepUs,
    ...(timing.dpoUs === null ? {} : { [names.dpoUs]: timing.dpoUs }),
    ...(timing.sftUs === null ? {} : { [names.sftUs]: timing.sftUs }),
    ...(timing.otherUs === 0 ? {} : { [names.otherUs]: timing.otherUs }),
    ...(timing.dpoQueueUs === null ? {} : { [names.dpoQueueUs]: timing.dpoQueueUs }),
    ...(timing.sftQueueUs === null ? {} : { [names.sftQueueUs]: timing.sftQueueUs }),
    [names.overlapUs]: timing.overlapUs,
    [names.queueUs]: timing.queueUs,
    [names.wireUs]: timing.wireUs,
    [names.mergeUs]: timing.mergeUs,
  }
}
