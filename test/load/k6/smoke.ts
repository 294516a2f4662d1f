/**
 * Asks each route a few times, one request after the other: is the deployment complete?
 *
 * k6 run -e TANDEM_URL=http://127.0.0.1:8080 smoke.ts
 */
import { check } from 'k6'
import type { Options } from 'k6/options'
import { askChat, chatBody } from './lib/chat.ts'
import { get, jsonOf, post } from './lib/http.ts'
import { findModel, type Setup } from './lib/models.ts'

/** Fails if any check fails. */
export const options: Options = {
  scenarios: { smoke: { executor: 'shared-iterations', vus: 1, iterations: 3, maxDuration: '5m' } },
  thresholds: { checks: ['rate==1'], http_req_failed: ['rate==0'] },
}

/** Finds the model, once. */
export const setup = findModel

/** Asks each route. */
export default function smoke(data: Setup): void {
  for (const path of ['/livez', '/readyz', '/health', '/info', '/v1/models'])
    check(get(path, path), { [`GET ${path} answers 200`]: ({ status }) => status === 200 })
  checkText(data)
  askChat(data)
  checkStream(data)
}

function checkText({ model }: Setup): void {
  const text = 'Why do cats purr?'
  const { tokens } = jsonOf<{ tokens?: number[] }>(post('/tokenize', { model, prompt: text }, '/tokenize')) ?? {}
  const back = jsonOf<{ prompt?: string }>(post('/detokenize', { model, tokens }, '/detokenize'))
  check(back, { 'a text survives /tokenize and /detokenize': (found) => found?.prompt?.endsWith(text) === true })
}

function checkStream(data: Setup): void {
  const { status, body } = post('/v1/chat/completions', { ...chatBody(data), stream: true }, 'stream')
  check(body, {
    'the stream has status 200': () => status === 200,
    'the stream has several events': (text) => String(text).split('\ndata: ').length > 2,
    'the stream ends with [DONE]': (text) => String(text).trimEnd().endsWith('data: [DONE]'),
  })
}
