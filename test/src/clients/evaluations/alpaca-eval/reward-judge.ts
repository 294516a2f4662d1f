import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { ask, type Server } from '../server.js'

/** A running judge. */
export interface RewardJudge {
  /** `http://127.0.0.1:PORT/v1` */
  readonly url: string
  /** The pairs of outputs that were judged. */
  readonly judged: number
  stop(): Promise<void>
}

/** What alpaca_eval asks, with the prompt of test/fixtures/alpaca-eval/reward_judge. */
const question = /^\[\[instruction\]\](.*)\[\[output a\]\](.*)\[\[output b\]\](.*)\[\[end\]\]$/s

/**
 * Starts an endpoint of OpenAI's form that compares two outputs by their scores at `/v1/score`: the
 * rule of Tandem's win rates.
 */
export async function startRewardJudge(server: Server, rewardModel: string): Promise<RewardJudge> {
  let judged = 0
  const score = async (instruction: string, output: string) => {
    const messages = [
      { role: 'user', content: instruction },
      { role: 'assistant', content: output },
    ]
    const { data } = await ask<{ data: { score: number }[] }>(server, '/v1/score', { model: rewardModel, messages })
    return data[0]?.score ?? Number.NaN
  }
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { instruction, a, b } = parseQuestion(await text(request))
    const [first, second] = await Promise.all([score(instruction, a), score(instruction, b)])
    judged++
    const verdict = first === second ? 'Tie' : first > second ? 'Output (a)' : 'Output (b)'
    response.setHeader('content-type', 'application/json').end(JSON.stringify(completionOf(verdict)))
  }
  const http = createServer((request, response) => {
    answer(request, response).catch((error) => {
      response.statusCode = 400
      response.end(JSON.stringify({ error: { message: String(error) } }))
    })
  }).listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`,
    get judged() {
      return judged
    },
    stop: async () => {
      const closed = once(http, 'close')
      http.close().closeAllConnections()
      await closed
    },
  }
}

function parseQuestion(body: string): { instruction: string; a: string; b: string } {
  const { messages } = JSON.parse(body) as { messages: { content: string }[] }
  const [, instruction, a, b] = question.exec(messages.at(-1)?.content ?? '') ?? []
  if (instruction === undefined || a === undefined || b === undefined)
    throw new Error(`the question has no instruction and two outputs: ${body.slice(0, 500)}`)
  return { instruction, a, b }
}

const completionOf = (content: string) => ({
  ...{ id: 'verdict', object: 'chat.completion', created: 0, model: 'reward-judge' },
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
})
