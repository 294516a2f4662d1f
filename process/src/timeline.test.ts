import { describe, expect, it } from 'vitest'
import { processMessageSchema, readyMessageSchema } from './messages.js'
import { maxTimings, type TimelineMessage } from './timeline.js'

const timing = {
  ...{ step_us: 30, dpo_us: 12, sft_us: null, other_us: 0, overlap_us: 0, queue_us: 3, wire_us: 5, merge_us: 10 },
  ...{ dpo_tokens: 7, sft_tokens: null, draft: false },
}
const timeline: TimelineMessage = {
  ...{ type: 'timeline', requestId: 'r1', model: 'pair', strategy: 'aad', endpoint: '/v1/completions', status: 200 },
  ...{ promptTokens: 7, queueUs: 1, promptUs: 2, answers: [[timing]], droppedTimings: 0 },
}

describe('processMessageSchema', () => {
  it('parses the timeline of a request', () => {
    expect(processMessageSchema.parse(timeline)).toEqual(timeline)
  })

  it('parses a process that serves, with defaults for older ones', () => {
    const ready = { type: 'ready', address: '127.0.0.1:7', baseAddress: null, metricsUrl: null }
    expect(processMessageSchema.parse({ type: 'ready', address: '127.0.0.1:7' })).toEqual(ready)
    expect(readyMessageSchema.parse(ready)).toEqual(ready)
  })

  it.each([
    ['another type', { type: 'hello' }],
    ['too many timings', { ...timeline, answers: [[timing], Array.from({ length: maxTimings }, () => timing)] }],
    ['a negative time', { ...timeline, answers: [[{ ...timing, step_us: -1 }]] }],
    ['a fraction', { ...timeline, queueUs: 0.5 }],
    ['a text', 'stopping'],
  ])('refuses %s', (_, message) => {
    expect(processMessageSchema.safeParse(message).success).toBe(false)
  })
})
