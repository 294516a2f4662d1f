import { join } from 'node:path'
import { installPython } from '../../support/installed.js'
import { startTinyStack, type TinyStackOptions } from '../../support/tiny-stack.js'
import { runAlpacaEval } from './alpaca-eval/alpaca-eval.js'
import { runGuidellm } from './guidellm.js'
import { runLangChainTests } from './langchain.js'
import { runLmEval } from './lm-eval.js'
import type { Check } from './report.js'
import type { Server } from './server.js'

/**
 * `npm run clients -w test`: runs lm-eval, LangChain's standard tests, alpaca_eval and guidellm,
 * unmodified, against a gateway and its services. It installs them from PyPI once, into the cache
 * of clients. `-- lm-eval langchain` runs only those that are named. The exit code is 0 if all
 * checks pass, 1 if one fails, 2 for unknown names and 3 if a client cannot be installed.
 */

interface Client {
  /** The folder with its requirements. */
  readonly fixture: string
  readonly run: (python: string, server: Server) => Promise<Check[]>
  readonly stack: TinyStackOptions
}

const key = 'secret'
const open: TinyStackOptions = { env: { TANDEM_API_KEYS: key } }
/** Two programs ask for the same scores: they must be the same bits. */
const scored: TinyStackOptions = { env: { TANDEM_API_KEYS: key, TANDEM_STRICT: '1' }, reward: 'oracle' }
const clients: Readonly<Record<string, Client>> = {
  'lm-eval': { fixture: 'evaluations', run: runLmEval, stack: open },
  langchain: { fixture: 'evaluations', run: runLangChainTests, stack: open },
  'alpaca-eval': { fixture: 'evaluations', run: runAlpacaEval, stack: scored },
  guidellm: { fixture: 'guidellm', run: runGuidellm, stack: open },
}
const installLimitMs = 1_500_000
/** The exit code if a client cannot be installed. */
const notInstalled = 3

process.exitCode = await main(process.argv.slice(2))

async function main(named: readonly string[]): Promise<number> {
  const unknown = named.find((name) => !(name in clients))
  if (unknown !== undefined) {
    console.error(`unknown client "${unknown}": expected ${Object.keys(clients).join(', ')}`)
    return 2
  }
  const chosen = Object.entries(clients)
    .filter(([name]) => named.length === 0 || named.includes(name))
    .map(([, client]) => client)
  const pythons = new Map<string, string>()
  for (const fixture of new Set(chosen.map((client) => client.fixture))) {
    console.log(`installing test/fixtures/${fixture}/requirements.txt, unless the cache has it`)
    const installed = await installPython(fixture, [3, 10], installLimitMs)
    if ('missing' in installed) {
      console.error(`NOT DONE: ${installed.missing}`)
      return notInstalled
    }
    pythons.set(fixture, join(installed.folder, 'venv/bin/python'))
  }
  const checks: Check[] = []
  for (const options of new Set(chosen.map(({ stack }) => stack)))
    checks.push(
      ...(await runOn(
        options,
        chosen.filter(({ stack }) => stack === options),
        pythons,
      )),
    )
  return checks.some(({ problem }) => problem !== null) ? 1 : 0
}

/** Runs clients on one stack. */
async function runOn(options: TinyStackOptions, chosen: readonly Client[], pythons: ReadonlyMap<string, string>) {
  const stack = await startTinyStack(options)
  try {
    const server = { url: stack.url, key, model: 'tiny' }
    const checks: Check[] = []
    for (const { fixture, run } of chosen) checks.push(...show(await run(pythons.get(fixture) ?? '', server)))
    return checks
  } finally {
    await stack.stop()
  }
}

function show(checks: readonly Check[]): readonly Check[] {
  for (const { name, problem } of checks)
    console.log(problem === null ? `ok      ${name}` : `FAILED  ${name}: ${problem}`)
  return checks
}
