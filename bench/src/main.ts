/**
 * Measures the speed of the stack on this machine and prints a table. `npm run bench -- --help`
 * lists the options.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Context, preparePair, runCommand } from '@tandem/cli'
import { replaceTable } from '@tandem/test'
import { type Arguments, parseArguments, usage } from './arguments.js'
import { cases } from './cases/index.js'
import { plainContext } from './context.js'
import { findCores } from './cores.js'
import type { Form } from './measure/measure.js'
import { findHardware, type Report, reportOf, settingLine } from './measure/report.js'
import type { Result } from './measure/result.js'
import { tableOf } from './measure/table.js'
import { runCases } from './run-cases.js'
import { longSettings, shortSettings } from './settings.js'

/** The mark of the table in the document names this command. */
const writeCommand = 'npm run bench -- --write'
const documentPath = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))
await runCommand(async (context) => {
  const args = parseArguments(
    process.argv.slice(2),
    cases.map(({ name }) => name),
  )
  if (args.asksHelp) console.log(usage)
  else await run(args, plainContext(context))
}, process.argv.includes('--verbose'))

async function run(args: Arguments, context: Context): Promise<void> {
  const settings = args.isShort ? shortSettings : longSettings
  const chosen = cases.filter(({ name, isOptional }) =>
    args.cases.length === 0 ? !isOptional : args.cases.includes(name),
  )
  const hardware = findHardware()
  const cores = await findCores()
  const pairOf = (form: Form) =>
    preparePair({ paired: false, ...(form === 'fast' ? { precision: 'fast' } : {}) }, context)
  const onResult = (result: Result) => context.output.write(`${tableOf([result]).split('\n').at(-1)}\n`)
  const { results, failures } = await runCases({
    cases: chosen,
    forms: args.forms,
    settings,
    cores,
    context,
    pairOf,
    onResult,
  })
  const report = reportOf(results, hardware, settings, new Date())
  await publish(results, report, args)
  for (const failure of failures) context.output.write(`bench: ${args.isVerbose ? failure.stack : failure.message}\n`)
  if (failures.length > 0) process.exitCode = 1
}

async function publish(results: readonly Result[], report: Report, { json, writes }: Arguments): Promise<void> {
  const table = `${tableOf(results)}\n\n${settingLine(report)}`
  console.log(table)
  if (json !== null) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`)
  if (!writes) return
  const document = await readFile(documentPath, 'utf8')
  await writeFile(documentPath, replaceTable(document, table, writeCommand))
}
