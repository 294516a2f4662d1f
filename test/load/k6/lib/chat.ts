import { check } from 'k6'
import { Counter, Rate, Trend } from 'k6/metrics'
import { jsonOf, post, type TextResponse } from './http.ts'
import type { Setup } from './models.ts'
import { tokens } from './settings.ts'

/** The parts of a whole answer that the scripts read. */
interface Answer {
  readonly choices: readonly {
    readonly finish_reason: string
    readonly decoding_timings: readonly { readonly step_us: number }[]
  }[]
  readonly usage: { readonly completion_tokens: number }
}

/**
 * k6 reads a whole body before it returns, so it cannot see when the first token of a stream
 * arrives. The server's own times stand in for it: those of the steps of the decode loop, without
 * the wait for admission and the way to the client.
 */
const firstToken = new Trend('tandem_first_token', true)
const perToken = new Trend('tandem_per_token', true)
const endToEnd = new Trend('tandem_end_to_end', true)
const outputTokens = new Counter('tandem_output_tokens')
const refused = new Rate('tandem_refused')

const questions = [
  'I need help with camping in the rain. What should I do?',
  'How do I fix a squeaky door?',
  'Why do cats purr?',
  'List three things to pack for a hike.',
]

/** Returns the body of a chat. Its number keeps the prompt out of the prefix cache of others. */
export const chatBody = ({ model }: Setup): object => ({
  model,
  messages: [{ role: 'user', content: `${__VU}.${__ITER} ${questions[__ITER % questions.length]}` }],
  max_tokens: tokens,
  ignore_eos: true,
})

/** Asks for a whole answer, checks it and records its times. */
export function askChat(setup: Setup): void {
  const response = post('/v1/chat/completions', { ...chatBody(setup), decoding: { timings: true } }, 'chat')
  refused.add(response.status === 429)
  if (response.status === 429) checkRefusal(response)
  else checkAnswer(response)
}

function checkRefusal(response: TextResponse): void {
  check(response, { 'a refusal has a Retry-After': ({ headers }) => Number(headers['Retry-After']) > 0 })
}

function checkAnswer(response: TextResponse): void {
  const answer = response.status === 200 ? jsonOf<Answer>(response) : null
  const choice = answer?.choices[0]
  const steps = choice?.decoding_timings.map(({ step_us }) => step_us / 1000) ?? []
  const isWhole = check(response, {
    'the answer has status 200': ({ status }) => status === 200,
    'the answer has all its tokens': () => answer?.usage.completion_tokens === tokens,
    'the answer ends at its length': () => choice?.finish_reason === 'length',
    'the answer has a time for each token': () => steps.length === tokens,
  })
  if (!isWhole) return
  const [first = 0, ...others] = steps
  firstToken.add(first)
  if (others.length > 0) perToken.add(others.reduce((sum, ms) => sum + ms, 0) / others.length)
  endToEnd.add(response.timings.duration)
  outputTokens.add(tokens)
}
