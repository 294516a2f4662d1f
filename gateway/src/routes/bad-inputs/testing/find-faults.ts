import { expect } from 'vitest'
import type { BadInput } from './bad-input.js'
import type { GuardedServer } from './guarded-server.js'
import type { HttpAnswer } from './http-client.js'

/** Sends a request, and finds faults in its answer, or in the server after it. */
export async function findFaults(server: GuardedServer, input: BadInput): Promise<string[]> {
  for (let i = 1; i < (input.times ?? 1); i++) await server.ask(input)
  const stepsBefore = server.steps
  const answer = await server.ask(input)
  const hasComputed = server.steps > stepsBefore
  let next = await server.ask({ status: 200 })
  // A server with a short limit also finds this request late if the machine is busy.
  for (let tries = 1; tries < 10 && next.status === 408 && input.status === 408; tries++)
    next = await server.ask({ status: 200 })
  // Streams end just after their answers.
  await expect.poll(() => server.findLeftovers(), { interval: 5 }).toEqual([])
  return [
    ...findAnswerFaults(answer, input),
    ...(answer.status >= 400 && hasComputed ? ['a model ran for it'] : []),
    ...(next.status === 200 ? [] : [`the next request got ${next.status} ${next.text}`]),
    ...server.takeWarnings().map((warning) => `a warning of the process: ${warning}`),
  ]
}

function findAnswerFaults(answer: HttpAnswer, input: BadInput): string[] {
  const { status, text, headers } = answer
  return [
    ...(status === input.status ? [] : [`status ${status}, expected ${input.status}: ${text.slice(0, 300)}`]),
    ...(/^[\w.:-]{1,128}$/.test(String(headers['x-request-id'])) ? [] : ['no x-request-id']),
    ...(status >= 400 ? findErrorFaults(answer, input) : []),
    ...(text.includes(input.contains ?? '') ? [] : [`no ${input.contains} in ${text}`]),
  ]
}

/** Paths and internals of programs, which no client may see. */
const internals =
  /node_modules|node:|file:|\.[cm]?[jt]s\b|\bat .+:\d+|\/(home|root|tmp|usr|var)\/|127\.0\.0\.1|0x[\da-f]{6}|\b(Type|Range|Syntax|Reference)Error\b|\b(zod|hono|huggingface|grpc|undefined)\b/i

function findErrorFaults({ headers, text }: HttpAnswer, { method, param, code, message }: BadInput): string[] {
  const type = String(headers['content-type'])
  const outer = /^application\/json\b/.test(type) ? [] : [`content-type ${type}`]
  if (method === 'HEAD') return outer
  const body = JSON.parse(text) as { error: Record<'message' | 'type' | 'param' | 'code', unknown> }
  const found = String(body.error.message)
  const keys = [...Object.keys(body), ...Object.keys(body.error).sort()].join()
  const differs = (name: string, value: unknown, expected: unknown) =>
    expected === undefined || value === expected ? [] : [`${name} ${value}, expected ${expected}: ${found}`]
  return [
    ...outer,
    ...(keys === 'error,code,message,param,type' ? [] : [`keys ${keys}`]),
    ...(text.length < 2_000 ? [] : [`an error of ${text.length} characters`]),
    ...(internals.test(found) ? [`internal details: ${found}`] : []),
    ...differs('param', body.error.param, param),
    ...differs('code', body.error.code, code),
    ...(message === undefined || found.includes(message) ? [] : [`message without "${message}": ${found}`]),
  ]
}
