import { ROOT_CONTEXT } from '@opentelemetry/api'
import { attributeNames as names, spanNames } from '@tandem/telemetry'
import { recordTelemetry } from '@tandem/telemetry/testing'
import { expect, test } from 'vitest'
import { TokenSpans } from './token-spans.js'

test('only the first message to a model is a prefill, also if a later one has steps of both', () => {
  const { telemetry, spans } = recordTelemetry()
  const { tracer } = telemetry
  const { messages } = new TokenSpans({ tracer, request: ROOT_CONTEXT, decode: ROOT_CONTEXT, isDetailed: true })
  for (const model of ['dpo', 'sft', 'dpo,sft', 'dpo'])
    messages.begin(model, 1, 0)?.end({ receivedMs: 1, queueUs: 0, computeUs: 0 })
  const sent = spans().filter(({ name }) => name !== spanNames.wire)
  expect(sent.map(({ name, attributes }) => `${name} ${attributes[names.model]}`)).toEqual([
    'prefill dpo',
    'prefill sft',
    'forward dpo,sft',
    'forward dpo',
  ])
})
