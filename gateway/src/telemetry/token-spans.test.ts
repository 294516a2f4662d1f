import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { attributeNames as names, spanNames } from '@tandem/telemetry'
import { recordTelemetry } from '@tandem/telemetry/testing'
import { expect, test } from 'vitest'
import { noTime, type Token } from '../decode/loop/token.js'
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

test('draws the wire in its token; in the decoding if the token ended before the message arrived', () => {
  const { telemetry, spans } = recordTelemetry()
  const { tracer } = telemetry
  const decoding = tracer.startSpan(spanNames.decode)
  const decode = trace.setSpan(ROOT_CONTEXT, decoding)
  const recorder = new TokenSpans({ tracer, request: ROOT_CONTEXT, decode, isDetailed: true })
  for (const model of ['dpo', 'sft']) recorder.messages.begin(model, 1, 0)?.end(outcome(1))
  const step = recorder.begin(0, 10)
  const [dpo, sft] = ['dpo', 'sft'].map((model) => recorder.messages.begin(model, 1, 11))
  dpo?.end(outcome(18))
  step?.end([{ ...token, timing: { ...noTime, startMs: 10, endMs: 20 } }])
  sft?.end(outcome(30))
  const named = (name: string) => spans().filter((span) => span.name === name)
  const tokenId = named(spanNames.token)[0]?.spanContext().spanId
  const parents = (name: string) => named(name).map(({ parentSpanContext }) => parentSpanContext?.spanId)
  expect(parents(spanNames.forward)).toEqual([tokenId, tokenId])
  expect(parents(spanNames.wire).slice(2)).toEqual([tokenId, decoding.spanContext().spanId])
})

const outcome = (receivedMs: number) => ({ receivedMs, queueUs: 0, computeUs: 0 })

const token: Token = {
  id: 5,
  logprob: null,
  top: [],
  detail: null,
  choice: { candidateCount: null, advantage: null, isDraft: false },
  timing: { ...noTime, startMs: 0, endMs: 0 },
}
