import { attributeNames as names } from '@tandem/telemetry'
import { recordTelemetry } from '@tandem/telemetry/testing'
import { expect, test } from 'vitest'
import { noTime, type Token } from '../decode/loop/token.js'
import { createGatewayMetrics } from './gateway-metrics.js'
import { toTokenAttributes } from './token-attributes.js'
import { TokenMetrics } from './token-metrics.js'

const token = (timing: Partial<Token['timing']>): Token => ({
  id: 5,
  logprob: null,
  top: [],
  detail: null,
  choice: { candidateCount: 2, advantage: 0.5, isDraft: false },
  timing: { ...noTime, startMs: 0, endMs: 10, ...timing },
})
const parts = { stepUs: 10_000, dpoUs: 5_000, overlapUs: 1_000, queueUs: 500, wireUs: 500, mergeUs: 2_000 }

async function sumsOf(...tokens: Token[]): Promise<Record<string, number>> {
  const { telemetry, samples } = recordTelemetry()
  // The first step of an answer reads the prompt and does not count.
  new TokenMetrics(createGatewayMetrics(telemetry.meter, 'toy'), 'formula', null).record(0, [token({}), ...tokens])
  const pattern = /^tandem_step_time_seconds_sum\{model_name="toy",part="(\w+)"\}$/
  const found = [...(await samples())].flatMap(([name, value]) => {
    const [, part] = pattern.exec(name) ?? []
    return part === undefined ? [] : [[part, value] as const]
  })
  return Object.fromEntries(found)
}

test('the parts of a step with an additional model add up', async () => {
  const { total, overlap, ...others } = await sumsOf(token({ ...parts, otherUs: 3_000 }))
  expect(total).toBe(0.01)
  expect(Object.keys(others).sort()).toEqual(['dpo', 'merge', 'other', 'queue', 'wire'])
  expect(Object.values(others).reduce((a, b) => a + b, 0) - (overlap ?? 0)).toBeCloseTo(0.01, 9)
})

test('without an additional model there is no part of one', async () => {
  const one = token({ ...parts, sftUs: 3_000 })
  expect(await sumsOf(one)).not.toHaveProperty('other')
  expect(toTokenAttributes(one, 0, 0)).not.toHaveProperty(names.otherUs)
  expect(toTokenAttributes(token({ otherUs: 7 }), 0, 0)).toMatchObject({ [names.otherUs]: 7 })
})
