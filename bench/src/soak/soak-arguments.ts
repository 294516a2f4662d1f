import { parseArgs } from 'node:util'
import { numberOf } from '../load/number-option.js'

/** The text of `--help`. */
export const usage = `usage: npm run soak -- [options]

Runs \`tandem up\` under a constant load of mixed strategies with aborts and kills, and judges whether memory, handles,
threads and sessions stay flat.

  --minutes 10        length; a shorter run says little about memory
  --clients 8         clients, each with one request at a time
  --tokens 24         tokens of each answer
  --abort-share 0.2   share of requests whose client goes away
  --kill-every 30     mean seconds between two kills (SIGKILL) of a random service; 0: no kills
  --interval 5        seconds between two samples
  --seed 1
  --json FILE         writes the samples to FILE`

/** The options of the command line. */
export interface SoakArguments {
  readonly minutes: number
  readonly clients: number
  readonly tokens: number
  readonly abortShare: number
  /** In seconds; 0: no kills. */
  readonly killEvery: number
  /** In seconds. */
  readonly interval: number
  readonly seed: number
  readonly json: string | null
  readonly asksHelp: boolean
}

/** @throws Error that names the wrong argument and what is expected */
export function parseSoakArguments(args: readonly string[]): SoakArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '10' },
      clients: { type: 'string', default: '8' },
      tokens: { type: 'string', default: '24' },
      'abort-share': { type: 'string', default: '0.2' },
      'kill-every': { type: 'string', default: '30' },
      interval: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    minutes: numberOf('--minutes', values.minutes, 0.1, 10_080),
    clients: numberOf('--clients', values.clients, 1, 1000),
    tokens: numberOf('--tokens', values.tokens, 2, 4096),
    abortShare: numberOf('--abort-share', values['abort-share'], 0, 1),
    killEvery: numberOf('--kill-every', values['kill-every'], 0),
    interval: numberOf('--interval', values.interval, 1, 3600),
    seed: numberOf('--seed', values.seed, 0),
    json: values.json ?? null,
    asksHelp: values.help,
  }
}
