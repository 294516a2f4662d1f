import { parseArgs } from 'node:util'
import { numberOf } from '../load/number-option.js'

/** The text of `--help`. */
export const usage = `usage: npm run overload -- [options]

Finds the load at which the stack is saturated, then sends five times as much for a minute.

  --tokens 16           tokens of each answer
  --seconds 60          length of the overload
  --max-waiting 8       the limit of the gateway's queue (TANDEM_MAX_WAITING)
  --max-ttft 15000      service level of an answer: milliseconds to the first token. A full queue must meet it
  --max-per-token 1000  and mean milliseconds per token after it
  --json FILE           writes the numbers to FILE
  --verbose             shows what the processes log`

/** The options of the command line. */
export interface OverloadArguments {
  readonly tokens: number
  readonly seconds: number
  readonly maxWaiting: number
  readonly level: { readonly firstTokenMs: number; readonly perTokenMs: number }
  readonly json: string | null
  readonly asksHelp: boolean
}

/** @throws Error that names the wrong argument and what is expected */
export function parseOverloadArguments(args: readonly string[]): OverloadArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      tokens: { type: 'string', default: '16' },
      seconds: { type: 'string', default: '60' },
      'max-waiting': { type: 'string', default: '8' },
      'max-ttft': { type: 'string', default: '15000' },
      'max-per-token': { type: 'string', default: '1000' },
      json: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    tokens: numberOf('--tokens', values.tokens, 1, 4096),
    seconds: numberOf('--seconds', values.seconds, 1, 600),
    maxWaiting: numberOf('--max-waiting', values['max-waiting'], 0, 100_000),
    level: {
      firstTokenMs: numberOf('--max-ttft', values['max-ttft'], 0),
      perTokenMs: numberOf('--max-per-token', values['max-per-token'], 0),
    },
    json: values.json ?? null,
    asksHelp: values.help,
  }
}
