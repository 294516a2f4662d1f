/**
 * Causes faults in a running stack, and prints what became of the answers. `npm run faults --
 * --help` lists the options.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '@tandem/cli'
import { repositoryFolder } from '@tandem/test'
import { replaceTable } from '../measure/replace-table.js'
import { findHardware } from '../measure/report.js'
import { type FaultArguments, parseFaultArguments, usage } from './arguments.js'
import type { FaultCase } from './case.js'
import { faultCases } from './cases/index.js'
import { isSurvived, type Outcome, tableOf } from './table.js'

const command = 'npm run faults'
const document = join(repositoryFolder, 'docs/operations.md')

await runCommand(async ({ signal }) => {
  const args = parseFaultArguments(
    process.argv.slice(2),
    faultCases.map(({ key }) => key),
  )
  if (args.asksHelp) console.log(usage)
  else await run(args, signal)
}, false)

async function run(args: FaultArguments, signal: AbortSignal): Promise<void> {
  const chosen = faultCases.filter(({ key }) => args.cases.length === 0 || args.cases.includes(key))
  const outcomes: Outcome[] = []
  for (const fault of chosen) {
    signal.throwIfAborted()
    console.error(`${fault.key}: ${fault.title}`)
    outcomes.push(await outcomeOf(fault, args, signal))
  }
  const { processor, cores, node } = findHardware()
  const date = new Date().toISOString().slice(0, 10)
  const form = args.isShort ? 'The short form (`--short`), a tiny pair' : 'The embedded pair'
  const table = `${tableOf(outcomes)}\n\n${form}; ${processor}, ${cores} cores; Node ${node}, ${date}.`
  console.log(table)
  if (args.json !== null) await writeFile(args.json, `${JSON.stringify(outcomes.map(toJson), null, 2)}\n`)
  if (args.writes) await writeFile(document, replaceTable(await readFile(document, 'utf8'), table, command))
  if (!outcomes.every(isSurvived)) process.exitCode = 1
}

async function outcomeOf(fault: FaultCase, { isShort }: FaultArguments, signal: AbortSignal): Promise<Outcome> {
  const log = (line: string) => console.error(`  ${line}`)
  try {
    return { fault, result: await fault.run({ isShort, signal, log }) }
  } catch (error) {
    return { fault, result: error instanceof Error ? error : new Error(String(error)) }
  }
}

const toJson = ({ fault: { key, title }, result }: Outcome): object =>
  result instanceof Error
    ? { key, title, error: result.message }
    : { key, title, ...result, seen: Object.fromEntries(result.seen) }
