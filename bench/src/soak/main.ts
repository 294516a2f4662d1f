/**
 * Runs the stack under a constant load with aborts and kills, and judges whether it stays flat.
 * `npm run soak -- --help` lists the options.
 */
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { runCommand } from '@tandem/cli'
import { freePort, startTandemUp } from '@tandem/test'
import { loadTable } from '../load/load-table.js'
import { runSoak, type SoakResult } from './run-soak.js'
import { verdictTable } from './series.js'
import { parseSoakArguments, type SoakArguments, usage } from './soak-arguments.js'

/** SFT, DPO and reward service. They serve metrics on the ports after the gateway's. */
const services = 3

await runCommand(async ({ signal }) => {
  const args = parseSoakArguments(process.argv.slice(2))
  if (args.asksHelp) console.log(usage)
  else await run(args, signal)
}, false)

async function run(args: SoakArguments, signal: AbortSignal): Promise<void> {
  const port = await freePort()
  const up = await startTandemUp(['--metrics', `127.0.0.1:${port}`], {})
  const metrics = Array.from({ length: services }, (_, i) => `http://127.0.0.1:${port + 1 + i}/metrics`)
  try {
    await report(args, await runSoak(args, { up, metrics }, signal))
  } finally {
    const exited = once(up.process, 'exit')
    up.process.kill('SIGTERM')
    await exited
  }
}

async function report({ json, ...settings }: SoakArguments, result: SoakResult): Promise<void> {
  const { verdicts, summary, progress, leaked, series } = result
  console.log(`\n${verdictTable(verdicts)}\n\n${loadTable([[`${settings.clients} clients`, summary]])}\n`)
  for (const [error, count] of progress.errors) console.log(`${count} times: ${error}`)
  const isFlat = verdicts.every((verdict) => verdict.isFlat || !verdict.isJudged) && leaked === 0
  console.log(`${progress.kills} kills, ${leaked} sessions left at the end: ${isFlat ? 'flat' : 'not flat'}`)
  const { kills } = progress
  if (json !== null)
    await writeFile(
      json,
      `${JSON.stringify({ settings, verdicts, leaked, kills, summary, series, date: new Date() })}\n`,
    )
  if (!isFlat) process.exitCode = 1
}
