/**
 * Measures how fast the stack is on this machine, and prints a table. `npm run bench -- --help` tells the options.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Arguments, parseArguments, usage } from './arguments.js'
import { cases } from './cases/index.js'
import { createContext } from './context.js'
import { findCores } from './cores.js'
import { findHardware, type Report, reportOf, settingLine } from './measure/report.js'
import type { Result } from './measure/result.js'
import { replaceTable, tableOf } from './measure/table.js'
import { runCases } from './run-cases.js'
import { longSettings, shortSettings } from './settings.js'

const documentPath = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))
const interruptedCode = 130

const interrupted = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    // A second signal does not wait.
    if (interrupted.signal.aborted) process.exit(interruptedCode)
    interrupted.abort(new Error(`interrupted by ${name}`))
  })

try {
  await run(
    parseArguments(
      process.argv.slice(2),
      cases.map(({ name }) => name),
    ),
  )
} catch (error) {
  process.exitCode = interrupted.signal.aborted ? interruptedCode : 1
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`)
}

async function run(args: Arguments): Promise<void> {
  if (args.asksHelp) return console.log(usage)
  const settings = args.isShort ? shortSettings : longSettings
  const chosen = cases.filter(({ name }) => args.cases.length === 0 || args.cases.includes(name))
  const context = createContext(interrupted.signal, args.isVerbose)
  const hardware = findHardware()
  const cores = await findCores()
  const onResult = (result: Result) => process.stderr.write(`${tableOf([result]).split('\n').at(-1)}\n`)
  const { results, failures } = await runCases({ cases: chosen, forms: args.forms, settings, cores, context, onResult })
  const report = reportOf(results, hardware, settings, new Date())
  await publish(results, report, args)
  for (const failure of failures) process.stderr.write(`bench: ${args.isVerbose ? failure.stack : failure.message}\n`)
  if (failures.length > 0) process.exitCode = 1
}

async function publish(results: readonly Result[], report: Report, { json, writes }: Arguments): Promise<void> {
  const table = `${tableOf(results)}\n\n${settingLine(report)}`
  console.log(table)
  if (json !== null) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`)
  if (writes) await writeFile(documentPath, replaceTable(await readFile(documentPath, 'utf8'), table))
}
