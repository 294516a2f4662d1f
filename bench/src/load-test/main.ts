/**
 * Runs a load test and writes its report. `npm run load -- --help` lists the profiles and options.
 */
import { join } from 'node:path'
import { type Context, runCommand } from '@tandem/cli'
import { plainContext } from '../context.js'
import { parseLoadArguments, usage } from './arguments.js'
import { findFaults } from './judge-load.js'
import { markdownOf } from './report/section.js'
import { sectionsOf } from './report/sections.js'
import { publish, writeReport } from './report/write-report.js'
import { runLoadTest } from './run-load-test.js'

const given = process.argv.slice(2)

await runCommand(async (context) => {
  if (given.includes('--help')) console.log(usage)
  else await run(plainContext(context))
}, given.includes('--verbose'))

async function run(context: Context): Promise<void> {
  const args = parseLoadArguments(given)
  const result = await runLoadTest(args, context)
  await writeReport(result, args.out)
  if (args.writes) await publish(result)
  console.log(markdownOf(sectionsOf(result)))
  console.log(`\nThe report with plots is ${join(args.out, 'report.html')}.`)
  for (const fault of findFaults(result)) {
    console.error(`load: ${fault}`)
    process.exitCode = 1
  }
}
