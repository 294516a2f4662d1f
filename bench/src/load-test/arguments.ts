import { parseArgs } from 'node:util'
import { numberOf } from '../load/number-option.js'
import type { ServiceLevel } from '../load/summarize-load.js'
import { type Profile, type ProfileName, profileNames, profiles } from './profiles.js'

/** The text of `--help`. */
export const usage = `usage: npm run load -- PROFILE [options]

${profileNames.map((name) => `  ${name.padEnd(8)} ${profiles[name].what}`).join('\n')}

  --url URL           a running gateway; default: the embedded pair is started for the run
  --api-key KEY       of that gateway
  --tiny              starts a pair of a few thousand weights instead: a check of this command
  --replicas 1        services of each model that are started
  --model NAME        default: the first model of the gateway
  --rate R            arrivals per second, a Poisson process; ramp: the first rate; spike: the rate before the spike
  --clients N         instead of --rate, for smoke, steady and soak: N clients, each with one request at a time;
                      smoke: 2
  --seconds S         the measured window; ramp: that of each rate, longer if a rate gives fewer than 20 requests
  --warm-up S         seconds before the window, which are not reported
  --route-seconds S   of load on each route that does not stream; 0: none
  --tokens N          tokens of each answer; end tokens do not end it
  --strategy NAME     decoding method; may be repeated: requests use them in turn
  --abort-share 0     share of requests whose client goes away
  --abort-within 5000 milliseconds: each of them goes at a random time before this one
  --max-ttft 2000     service level of an answer: milliseconds to the first token
  --max-per-token 200 and mean milliseconds per token after it
  --max-open 2000     arrivals above this number of open requests are dropped
  --seed 1
  --out load-report   the folder for report.json, requests.jsonl, report.md and report.html
  --write             writes the table into docs/operations.md (steady, ramp and spike)
  --verbose           shows what the processes log`

/** The options of the command line. */
export interface LoadArguments extends Omit<Profile, 'what'> {
  readonly profile: ProfileName
  /** The URL of a running gateway. Null: a stack is started. */
  readonly url: string | null
  readonly apiKey: string | null
  readonly isTiny: boolean
  readonly replicas: number
  readonly model: string | null
  readonly strategies: readonly string[]
  readonly abortShare: number
  readonly abortWithinMs: number
  readonly level: ServiceLevel
  readonly maxOpen: number
  readonly seed: number
  readonly out: string
  readonly writes: boolean
}

const options = {
  url: { type: 'string' },
  'api-key': { type: 'string' },
  tiny: { type: 'boolean', default: false },
  replicas: { type: 'string', default: '1' },
  model: { type: 'string' },
  rate: { type: 'string' },
  clients: { type: 'string' },
  seconds: { type: 'string' },
  'warm-up': { type: 'string' },
  'route-seconds': { type: 'string' },
  tokens: { type: 'string' },
  strategy: { type: 'string', multiple: true },
  'abort-share': { type: 'string', default: '0' },
  'abort-within': { type: 'string', default: '5000' },
  'max-ttft': { type: 'string', default: '2000' },
  'max-per-token': { type: 'string', default: '200' },
  'max-open': { type: 'string', default: '2000' },
  seed: { type: 'string', default: '1' },
  out: { type: 'string', default: 'load-report' },
  write: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
} as const

/** Each request is kept until the report. */
const mostRequests = 1_000_000

const closedProfiles: readonly ProfileName[] = ['smoke', 'steady', 'soak']
const writtenProfiles: readonly ProfileName[] = ['steady', 'ramp', 'spike']

/**
 * Parses the command line.
 * @throws Error that names the wrong argument and what is expected
 */
export function parseLoadArguments(args: readonly string[]): LoadArguments {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const profile = parseProfile(positionals)
  const { url = null, tiny: isTiny, 'api-key': apiKey = null, model = null, strategy = [], write: writes, out } = values
  if (url !== null && isTiny) throw new Error('--url and --tiny: expected only one of them')
  if (writes && !writtenProfiles.includes(profile))
    throw new Error(`--write with ${profile}: docs/operations.md has tables of ${writtenProfiles.join(', ')}`)
  return {
    profile,
    ...parseLoad(profile, values),
    url: url?.replace(/\/$/, '') ?? null,
    apiKey,
    isTiny,
    replicas: numberOf('--replicas', values.replicas, 1, 16),
    model,
    strategies: strategy,
    abortShare: numberOf('--abort-share', values['abort-share'], 0, 1),
    abortWithinMs: numberOf('--abort-within', values['abort-within'], 0),
    level: {
      firstTokenMs: numberOf('--max-ttft', values['max-ttft'], 0),
      perTokenMs: numberOf('--max-per-token', values['max-per-token'], 0),
    },
    maxOpen: numberOf('--max-open', values['max-open'], 1),
    seed: numberOf('--seed', values.seed, 0),
    out,
    writes,
  }
}

function parseProfile(positionals: readonly string[]): ProfileName {
  const [name, other] = positionals
  const profile = profileNames.find((known) => known === name)
  if (profile !== undefined && other === undefined) return profile
  throw new Error(`the profile is ${other ?? name ?? 'missing'}: expected one of ${profileNames.join(', ')}`)
}

type LoadOption = 'rate' | 'clients' | 'seconds' | 'warm-up' | 'route-seconds' | 'tokens'
type LoadValues = { readonly [name in LoadOption]?: string | undefined }

/** Parses what differs by profile. */
function parseLoad(profile: ProfileName, values: LoadValues) {
  const preset = profiles[profile]
  const { rate, clients, seconds, tokens, 'warm-up': warmUp, 'route-seconds': route } = values
  if (clients !== undefined && rate !== undefined) throw new Error('--clients and --rate: expected only one of them')
  if (clients !== undefined && !closedProfiles.includes(profile))
    throw new Error(`--clients with ${profile}: expected --rate`)
  const load = {
    rate: numberOf('--rate', rate ?? `${preset.rate}`, 0.001, 10_000),
    clients: parseClients(clients, rate === undefined ? preset.clients : null),
    seconds: numberOf('--seconds', seconds ?? `${preset.seconds}`, 1, 86_400),
    warmUpSeconds: numberOf('--warm-up', warmUp ?? `${preset.warmUpSeconds}`, 0, 3600),
    tokens: numberOf('--tokens', tokens ?? `${preset.tokens}`, 2, 4096),
    routeSeconds: numberOf('--route-seconds', route ?? `${preset.routeSeconds}`, 0, 600),
  }
  if (load.rate * load.seconds > mostRequests)
    throw new Error(
      `--rate ${load.rate} for ${load.seconds} s: expected at most ${mostRequests} requests, which are all kept`,
    )
  return load
}

const parseClients = (text: string | undefined, preset: number | null): number | null =>
  text === undefined ? preset : numberOf('--clients', text, 1, 10_000)
