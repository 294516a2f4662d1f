import { afterAll, beforeAll, expect, test } from 'vitest'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'

/** Refuses more sequences than a service can hold: waiting would not help. */

let gateway: ToyGateway
/** The pair in one process: both models share its sessions. */
let paired: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway({ prepare: ({ sft }) => Object.assign(sft.model, { maxSessions: 3 }) })
  paired = await startToyGateway({
    prepare: ({ sft, dpo }) => {
      for (const { model } of [sft, dpo])
        Object.assign(model, {
          maxSessions: 4,
          device: { host: 'a', kind: 'cpu', units: [0], threads: 1, engineId: 'e' },
        })
    },
  })
})
afterAll(() => {
  gateway?.stop()
  paired?.stop()
})

const refusal = async (where: ToyGateway, body: object) => {
  const response = await where.post('/v1/completions', { model: 'toy', prompt: [4, 388], max_tokens: 1, ...body })
  const { error = null } = (await response.json()) as { error?: { param: string; message: string } }
  return error && { status: response.status, param: error.param, message: error.message }
}
const drawn = (n: number) => ({ n, decoding: { temperature: 1 } })
const beams = (width: number) => ({ decoding: { strategy: 'aad-beam', width } })
const choice = (n: number) => ({ decoding: { strategy: 'random-of-n', n } })

test('applies the limit of the service that the strategy reads', async () => {
  expect(await refusal(gateway, drawn(3))).toBeNull()
  expect(await refusal(gateway, drawn(4))).toEqual({
    status: 400,
    param: 'n',
    message: 'n is 4: the service of the SFT model can hold at most 3 sequences of one request (TANDEM_MAX_SESSIONS)',
  })
  expect(await refusal(gateway, beams(3))).toBeNull()
  expect(await refusal(gateway, beams(4))).toMatchObject({ status: 400, param: 'decoding.width' })
  // These read only the DPO model.
  expect(await refusal(gateway, choice(4))).toBeNull()
  expect(await refusal(gateway, { n: 4, model: 'toy/sample' })).toBeNull()
  expect(await refusal(gateway, { ...choice(4), logprobs: 1 })).toBeNull()
})

test('divides the limit by two for two models in one engine', async () => {
  expect(await refusal(paired, drawn(2))).toBeNull()
  expect(await refusal(paired, drawn(3))).toMatchObject({ param: 'n', message: expect.stringContaining('at most 2') })
  expect(await refusal(paired, choice(4))).toBeNull()
  expect(await refusal(paired, choice(5))).toMatchObject({ param: 'decoding.n' })
})

test('/info shows the limit', async () => {
  const info = (await (await gateway.app().request('/info')).json()) as { models: { max_sessions: number | null }[] }
  expect(info.models.map(({ max_sessions }) => max_sessions)).toEqual([null, 3])
})
