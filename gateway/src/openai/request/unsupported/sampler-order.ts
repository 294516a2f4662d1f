import { isObject } from '../../json/parse-body.js'
import type { Check } from './field-rule.js'

/** llama.cpp's names of samplers, in the order in which this server applies those that it has. */
const order = ['penalties', 'temperature', 'min_p', 'top_k', 'top_p']
/** Samplers that are off: their own fields are refused. */
const off = new Set(['dry', 'typ_p', 'typical_p', 'xtc', 'top_n_sigma'])

type Fields = Readonly<Record<string, unknown>>

/** Whether a list of samplers has those that the request uses, in the order of this server. */
export const isHonouredOrder: Check = (value, body) => {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return true
  if (!Array.isArray(value)) return false
  if (!value.every((name) => off.has(name) || order.includes(name))) return false
  const used = usedSamplers(body)
  const listed = value.filter((name) => used.includes(name))
  return listed.length === used.length && listed.every((name, i) => name === used[i])
}

function usedSamplers(body: Fields): string[] {
  const own = isObject(body.decoding) ? body.decoding : {}
  const readNumber = (name: string, byDefault: number) => Number(own[name] ?? body[name] ?? byDefault)
  // Greedy: no sampler changes which token is best, except penalties.
  const isGreedy = readNumber('temperature', 1) === 0
  const isUsed: Fields = {
    penalties: body.presence_penalty || body.frequency_penalty || (body.repetition_penalty ?? 1) !== 1,
    temperature: !isGreedy && readNumber('temperature', 1) !== 1,
    min_p: !isGreedy && readNumber('min_p', 0) > 0,
    top_k: !isGreedy && readNumber('top_k', 0) > 0,
    top_p: !isGreedy && readNumber('top_p', 1) < 1,
  }
  return order.filter((name) => isUsed[name])
}
