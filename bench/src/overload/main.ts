/**
 * Measures whether the stack holds its goodput at five times the load that saturates it.
 * `npm run overload -- --help` lists the options.
 */
import { writeFile } from 'node:fs/promises'
import { type Context, preparePair, runCommand, startStack } from '@tandem/cli'
import { firstModel } from '../client/first-model.js'
import { plainContext } from '../context.js'
import type { Arrivals } from '../load/arrivals.js'
import { createChatWorkload } from '../load/chat-workload.js'
import { loadTable } from '../load/load-table.js'
import { runLoad } from '../load/run-load.js'
import { type LoadSummary, summarizeLoad } from '../load/summarize-load.js'
import { findHardware } from '../measure/report.js'
import { findSaturation, judgeOverload, type NamedLoad } from './judge-overload.js'
import { type OverloadArguments, parseOverloadArguments, usage } from './overload-arguments.js'

/** Clients of each closed loop of the sweep. The gateway decodes 16 answers at once. */
const sweepClients = [8, 16, 24]
const sweepWarmUpMs = 6_000
const sweepMs = 24_000
const overloadFactor = 5
/** Time to fill the queue. */
const overloadWarmUpMs = 10_000
const timeoutMs = 120_000
/** More than five times what this gateway can hold. */
const maxOpen = 10_000
const seed = 1

await runCommand(async (context) => {
  const args = parseOverloadArguments(process.argv.slice(2))
  if (args.asksHelp) console.log(usage)
  else await run(args, plainContext(context))
}, process.argv.includes('--verbose'))

async function run(args: OverloadArguments, context: Context): Promise<void> {
  const pair = await preparePair({ paired: false }, context)
  const environment = { ...context.environment, TANDEM_MAX_WAITING: `${args.maxWaiting}` }
  const stack = await startStack(pair, { host: '127.0.0.1', port: 0, apiKeys: [] }, { ...context, environment })
  try {
    await measure(args, stack.url, context)
  } finally {
    await stack.group.stop()
  }
}

async function measure(args: OverloadArguments, url: string, context: Context): Promise<void> {
  const model = await firstModel(url, null, context.signal)
  const load = async (arrivals: Arrivals, warmUpMs: number, measureMs: number): Promise<LoadSummary> => {
    const workload = { model, decodings: [], tokens: args.tokens, abortShare: 0, abortWithinMs: 0, wholeShare: 0, seed }
    const requestOf = createChatWorkload(workload)
    const { signal } = context
    const run = await runLoad({ url, arrivals, requestOf, warmUpMs, measureMs, timeoutMs, seed, signal })
    return summarizeLoad(run, args.level)
  }
  const sweep: NamedLoad[] = []
  for (const clients of sweepClients) {
    const summary = await load({ type: 'closed', clients, rampMs: sweepWarmUpMs }, sweepWarmUpMs, sweepMs)
    sweep.push([`${clients} clients`, summary])
    context.output.write(`${clients} clients: ${summary.requestsPerSecond.toFixed(2)} answers/s\n`)
  }
  const perSecond = overloadFactor * findSaturation(sweep)
  context.output.write(`overload: ${perSecond.toFixed(1)} arrivals/s for ${args.seconds} s\n`)
  const overload = await load({ type: 'open', perSecond, maxOpen }, overloadWarmUpMs, 1000 * args.seconds)
  await report(args, sweep, [`${perSecond.toFixed(1)} arrivals/s`, overload])
}

async function report(
  { json, ...settings }: OverloadArguments,
  sweep: readonly NamedLoad[],
  overload: NamedLoad,
): Promise<void> {
  const checks = judgeOverload(sweep, overload[1])
  const hardware = findHardware()
  console.log(`${loadTable([...sweep, overload])}\n`)
  console.log('| must hold | found | holds |\n|---|---|---|')
  for (const { what, found, holds } of checks) console.log(`| ${what} | ${found} | ${holds ? 'yes' : 'no'} |`)
  const { firstTokenMs, perTokenMs } = settings.level
  console.log(
    `\nGoodput counts answers of ${settings.tokens} tokens with a TTFT of at most ${firstTokenMs} ms and at most ` +
      `${perTokenMs} ms per token. ${hardware.processor}, ${hardware.cores} cores, shared with the client; Node ${hardware.node}.`,
  )
  const loads = Object.fromEntries([...sweep, overload])
  if (json !== null)
    await writeFile(json, `${JSON.stringify({ settings, hardware, loads, checks, date: new Date() }, null, 2)}\n`)
  if (checks.some(({ holds }) => !holds)) process.exitCode = 1
}
