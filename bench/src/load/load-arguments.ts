import { parseArgs } from 'node:util'
import type { Arrivals } from './arrivals.js'

/** The text of `--help`. */
export const usage = `usage: npm run load -- --url http://127.0.0.1:8080 (--clients N | --rate R) [options]

  --url URL           the server
  --clients N         closed loop: N clients, each with one request at a time; they start during the warm-up
  --rate R            open loop: R arrivals per second, a Poisson process
  --seconds 30        the measured window
  --warm-up 5         seconds before the window, which are not reported
  --tokens 32         tokens of each answer; end tokens do not end it
  --strategy aad      decoding method; may be repeated: requests use them in turn
  --abort-share 0     share of requests whose client goes away
  --abort-within 5000 milliseconds: each of them goes at a random time before this one
  --max-ttft 2000     service level of an answer: milliseconds to the first token
  --max-per-token 200 and mean milliseconds per token after it
  --max-open 2000     open loop: arrivals above this number of open requests are dropped
  --model NAME        default: the first model of the server
  --api-key KEY
  --seed 1
  --json FILE         writes the numbers and each request to FILE`

/** The options of the command line. */
export interface LoadArguments {
  readonly url: string
  readonly arrivals: Arrivals
  readonly seconds: number
  readonly warmUpSeconds: number
  readonly tokens: number
  readonly strategies: readonly string[]
  readonly abortShare: number
  readonly abortWithinMs: number
  readonly level: { readonly firstTokenMs: number; readonly perTokenMs: number }
  readonly model: string | null
  readonly apiKey: string | null
  readonly seed: number
  readonly json: string | null
}

const options = {
  url: { type: 'string' },
  clients: { type: 'string' },
  rate: { type: 'string' },
  seconds: { type: 'string', default: '30' },
  'warm-up': { type: 'string', default: '5' },
  tokens: { type: 'string', default: '32' },
  strategy: { type: 'string', multiple: true },
  'abort-share': { type: 'string', default: '0' },
  'abort-within': { type: 'string', default: '5000' },
  'max-ttft': { type: 'string', default: '2000' },
  'max-per-token': { type: 'string', default: '200' },
  'max-open': { type: 'string', default: '2000' },
  model: { type: 'string' },
  'api-key': { type: 'string' },
  seed: { type: 'string', default: '1' },
  json: { type: 'string' },
} as const

/**
 * Parses the command line.
 * @throws Error that names the wrong argument and what is expected
 */
export function parseLoadArguments(args: readonly string[]): LoadArguments {
  const { values } = parseArgs({ args: [...args], options })
  const { clients, rate, url } = values
  if (url === undefined) throw new Error('--url is missing: expected the URL of a gateway')
  if ((clients === undefined) === (rate === undefined))
    throw new Error('expected either --clients for a closed loop or --rate for an open loop')
  const warmUpSeconds = numberOf('--warm-up', values['warm-up'], 0)
  const arrivals: Arrivals =
    rate === undefined
      ? { type: 'closed', clients: numberOf('--clients', clients, 1), rampMs: 1000 * warmUpSeconds }
      : { type: 'open', perSecond: numberOf('--rate', rate, 0), maxOpen: numberOf('--max-open', values['max-open'], 1) }
  return {
    url: url.replace(/\/$/, ''),
    arrivals,
    seconds: numberOf('--seconds', values.seconds, 1),
    warmUpSeconds,
    tokens: numberOf('--tokens', values.tokens, 1),
    strategies: values.strategy ?? [],
    abortShare: numberOf('--abort-share', values['abort-share'], 0, 1),
    abortWithinMs: numberOf('--abort-within', values['abort-within'], 0),
    level: {
      firstTokenMs: numberOf('--max-ttft', values['max-ttft'], 0),
      perTokenMs: numberOf('--max-per-token', values['max-per-token'], 0),
    },
    model: values.model ?? null,
    apiKey: values['api-key'] ?? null,
    seed: numberOf('--seed', values.seed, 0),
    json: values.json ?? null,
  }
}

/** Parses the number of an option. @throws Error if it is not in the range */
export function numberOf(option: string, text: string | undefined, least: number, most = 1e9): number {
  const number = Number(text)
  if (text !== undefined && text.trim() !== '' && number >= least && number <= most) return number
  throw new Error(`${option} is ${text}: expected a number from ${least} to ${most}`)
}
