/**
 * Sends a load to a running gateway and prints what its clients see. `npm run load -- --help` lists
 * the options.
 */
import { writeFile } from 'node:fs/promises'
import { runCommand } from '@tandem/cli'
import { firstModel } from '../client/first-model.js'
import { createChatWorkload } from './chat-workload.js'
import { parseLoadArguments, usage } from './load-arguments.js'
import { loadTable } from './load-table.js'
import { runLoad } from './run-load.js'
import { summarizeLoad } from './summarize-load.js'

/** Longer than the gateway lets a request take. */
const timeoutMs = 330_000

await runCommand(async ({ signal }) => {
  const args = process.argv.slice(2)
  if (args.includes('--help')) console.log(usage)
  else await run(args, signal)
}, false)

async function run(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { url, arrivals, level, tokens, abortShare, abortWithinMs, seed, json, ...given } = parseLoadArguments(args)
  const decodings = given.strategies.map((strategy) => ({ strategy }))
  const model = given.model ?? (await firstModel(url, given.apiKey, signal))
  const loaded = await runLoad({
    url,
    ...(given.apiKey === null ? {} : { apiKey: given.apiKey }),
    arrivals,
    requestOf: createChatWorkload({ model, decodings, tokens, abortShare, abortWithinMs, wholeShare: 0, seed }),
    warmUpMs: 1000 * given.warmUpSeconds,
    measureMs: 1000 * given.seconds,
    timeoutMs,
    seed,
    signal,
  })
  const summary = summarizeLoad(loaded, level)
  const name = arrivals.type === 'open' ? `${arrivals.perSecond} arrivals/s` : 'load'
  console.log(loadTable([[name, summary]]))
  if (json !== null) await writeFile(json, `${JSON.stringify({ arrivals, level, summary, ...loaded }, null, 1)}\n`)
}
