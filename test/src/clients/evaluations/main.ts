import { join } from 'node:path'
import { installPython } from '../../support/installed.js'
import { startTinyStack } from '../../support/tiny-stack.js'
import { runGuidellm } from './guidellm.js'
import { runLangChainTests } from './langchain.js'
import { runLmEval } from './lm-eval.js'
import type { Check } from './report.js'
import type { Server } from './server.js'

/**
 * `npm run clients -w test`: runs lm-eval, LangChain's standard tests and guidellm, unmodified,
 * against a gateway and two services. It installs them from PyPI once, into the cache of clients.
 * `-- lm-eval langchain` runs only those that are named. The exit code is 0 if all checks pass, 1 if
 * one fails, 2 for unknown names and 3 if a client cannot be installed.
 */

type Run = (python: string, server: Server) => Promise<Check[]>
const clients: Readonly<Record<string, { readonly fixture: string; readonly run: Run }>> = {
  'lm-eval': { fixture: 'evaluations', run: runLmEval },
  langchain: { fixture: 'evaluations', run: runLangChainTests },
  guidellm: { fixture: 'guidellm', run: runGuidellm },
}
const installLimitMs = 1_500_000
/** The exit code if a client cannot be installed. */
const notInstalled = 3
const key = 'secret'

process.exitCode = await main(process.argv.slice(2))

async function main(named: readonly string[]): Promise<number> {
  const unknown = named.find((name) => !(name in clients))
  if (unknown !== undefined) {
    console.error(`unknown client "${unknown}": expected ${Object.keys(clients).join(', ')}`)
    return 2
  }
  const chosen = Object.entries(clients).filter(([name]) => named.length === 0 || named.includes(name))
  const pythons = new Map<string, string>()
  for (const fixture of new Set(chosen.map(([, client]) => client.fixture))) {
    console.log(`installing test/fixtures/${fixture}/requirements.txt, unless the cache has it`)
    const installed = await installPython(fixture, [3, 10], installLimitMs)
    if ('missing' in installed) {
      console.error(`NOT DONE: ${installed.missing}`)
      return notInstalled
    }
    pythons.set(fixture, join(installed.folder, 'venv/bin/python'))
  }
  const stack = await startTinyStack({ env: { TANDEM_API_KEYS: key } })
  try {
    const server = { url: stack.url, key, model: 'tiny' }
    const checks: Check[] = []
    for (const [, { fixture, run }] of chosen) checks.push(...show(await run(pythons.get(fixture) ?? '', server)))
    return checks.some(({ problem }) => problem !== null) ? 1 : 0
  } finally {
    await stack.stop()
  }
}

function show(checks: readonly Check[]): readonly Check[] {
  for (const { name, problem } of checks)
    console.log(problem === null ? `ok      ${name}` : `FAILED  ${name}: ${problem}`)
  return checks
}
