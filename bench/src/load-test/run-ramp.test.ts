import { expect, test } from 'vitest'
import type { RequestRecord } from '../load/request-record.js'
import { parseLoadArguments } from './arguments.js'
import { runRamp } from './run-ramp.js'
import type { SendLoad } from './send-load.js'

const args = parseLoadArguments(['ramp', '--rate', '2', '--seconds', '5'])
const record = (outcome: RequestRecord['outcome']): RequestRecord => ({
  sentAtMs: 0,
  endedAtMs: 100,
  outcome,
  status: 200,
  firstTokenMs: 50,
  gapsMs: [],
  promptTokens: 5,
  outputTokens: 2,
  hasRetryAfter: true,
  error: null,
})

/** Runs a ramp on a stack that refuses all requests above a rate. Returns what was sent, too. */
async function rampUpTo(limit: number) {
  const sent: (readonly [number, number])[] = []
  const send: SendLoad = async (arrivals, seconds) => {
    const perSecond = arrivals.type === 'open' ? arrivals.perSecond : Number.NaN
    sent.push([perSecond, seconds])
    const records = [record(perSecond > limit ? 'refused' : 'completed')]
    return { records, window: { fromMs: 0, toMs: 1000 * seconds }, droppedAtMs: [] }
  }
  return { sent, ...(await runRamp(args, send, () => undefined)) }
}

test('the rate rises until too few answers are good; a low rate is sent for longer', async () => {
  const { sent, knee, loads, records } = await rampUpTo(5)
  expect(sent).toEqual([
    [2, 10],
    [3, 20 / 3],
    [4.5, 5],
    [6.75, 5],
  ])
  expect(knee).toMatchObject({ keptPerSecond: 4.5, saturatedPerSecond: 6.75 })
  expect([loads.length, records.length]).toEqual([4, 4])
})

test('a ramp has at most ten rates', async () => {
  const { sent, knee } = await rampUpTo(1e9)
  expect(sent).toHaveLength(10)
  expect(knee).toMatchObject({ keptPerSecond: 76.9, saturatedPerSecond: null })
})
