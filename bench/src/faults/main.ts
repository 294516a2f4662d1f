/**
 * Causes faults in a running stack, and prints what became of the answers. `npm run faults --
 * --help` lists the options.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '@tandem/cli'
import { replaceTable, repositoryFolder } from '@tandem/test'
import { findHardware } from '../measure/report.js'
import { type FaultArguments, parseFaultArguments, usage } from './arguments.js'
import { faultCases } from './cases/index.js'
import { addToReport, type FaultRow, isSurvived, runCase } from './report.js'
import { tableOf } from './table.js'

const command = 'npm run faults'
const document = join(repositoryFolder, 'docs/operations.md')
const keys = faultCases.map(({ key }) => key)

await runCommand(async ({ signal }) => {
  const args = parseFaultArguments(process.argv.slice(2), keys)
  if (args.asksHelp) console.log(usage)
  else await run(args, signal)
}, false)

async function run({ cases, isShort, json, writes }: FaultArguments, signal: AbortSignal): Promise<void> {
  const chosen = faultCases.filter(({ key }) => cases.length === 0 || cases.includes(key))
  let rows: readonly FaultRow[] = []
  let areSurvived = true
  for (const fault of chosen) {
    signal.throwIfAborted()
    console.error(`${fault.key}: ${fault.title}`)
    const row = await runCase(fault, { isShort, signal, log: (line) => console.error(`  ${line}`) })
    areSurvived &&= isSurvived(row)
    rows = json === null ? [...rows, row] : await addToReport(json, row, keys)
  }
  const table = describe(rows)
  console.log(table)
  if (writes) await writeFile(document, replaceTable(await readFile(document, 'utf8'), table, command))
  if (!areSurvived) process.exitCode = 1
}

function describe(rows: readonly FaultRow[]): string {
  const { processor, cores, node } = findHardware()
  const dates = [...new Set(rows.map(({ date }) => date))].toSorted().join(', ')
  const forms = 'Long: more tries, most on the embedded pair. Short (`--short`): few tries on a tiny pair.'
  return `${tableOf(rows)}\n\n${forms} ${processor}, ${cores} cores; Node ${node}; ${dates}.`
}
