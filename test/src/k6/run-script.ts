/**
 * Runs a script of k6 in Node, against a real server, for a few iterations of each scenario, one
 * after the other. It proves that the script loads, that its requests are right, that its checks
 * hold and that its thresholds name metrics; it proves nothing about load. It covers what the
 * scripts of test/load/k6 use of k6, k6/http, k6/metrics, k6/encoding and k6/net/grpc, and refuses
 * the rest.
 */
import { readFileSync } from 'node:fs'
import { stopCaller } from './blocking-call.js'
import { registry } from './metrics-registry.js'
import { type ScriptOptions, scenarioProblems, thresholdsOf } from './script-options.js'
import { openStreams, scriptFolder, setScript } from './script-state.js'
import { problemOf } from './thresholds.js'

/** What a run of a script found. */
export interface ScriptRun {
  /** Failed checks, thresholds that fail or name no metric, and options that k6 would refuse. */
  readonly problems: readonly string[]
  /** The number of samples of each metric of the script. */
  readonly samples: Readonly<Record<string, number>>
  /** The number of checks that hold, by name. */
  readonly checks: Readonly<Record<string, number>>
}

interface Script {
  readonly options: ScriptOptions
  readonly setup?: () => unknown
  readonly [name: string]: unknown
}

/**
 * Runs a script once. Run it in a fresh instance of this module: a script has its own metrics.
 * @param file the path of the script
 * @param env its environment, `__ENV`
 * @param iterations of each scenario
 * @throws whatever the script throws
 */
export async function runScript(
  file: string,
  env: Readonly<Record<string, string>>,
  iterations: number,
): Promise<ScriptRun> {
  setScript(file)
  const open = (path: string) => readFileSync(scriptFolder(path), 'utf8')
  Object.assign(globalThis, { __ENV: env, __VU: 1, __ITER: 0, open })
  try {
    const script = (await import(/* @vite-ignore */ file)) as Script
    registry.isLoading = false
    // k6 gives each virtual user a copy of what setup returned.
    const data = JSON.parse(JSON.stringify(script.setup?.() ?? null)) as unknown
    const scenarios = Object.entries(script.options.scenarios ?? {})
    for (const [name, scenario] of scenarios)
      await runScenario(script, name, `${scenario.exec ?? 'default'}`, data, iterations)
    return resultOf(script.options)
  } finally {
    await stopCaller()
  }
}

async function runScenario(
  script: Script,
  scenario: string,
  exec: string,
  data: unknown,
  iterations: number,
): Promise<void> {
  const iterate = script[exec]
  if (typeof iterate !== 'function') throw new Error(`scenario ${scenario}: the script exports no function ${exec}`)
  registry.tags = { scenario }
  for (let iteration = 0; iteration < iterations; iteration++) {
    Object.assign(globalThis, { __ITER: iteration })
    await iterate(data)
    await Promise.all(openStreams)
    openStreams.clear()
    registry.add('iterations', 1)
  }
}

function resultOf(options: ScriptOptions): ScriptRun {
  const checks = registry.samplesOf('checks')
  const failed = checks.filter(({ value }) => value === 0).map(({ tags }) => `the check fails: ${tags.check}`)
  const held: Record<string, number> = {}
  for (const { value, tags } of checks) held[tags.check ?? ''] = (held[tags.check ?? ''] ?? 0) + value
  return {
    problems: [
      ...Object.entries(options.scenarios ?? {}).flatMap(([name, scenario]) => scenarioProblems(name, scenario)),
      ...thresholdsOf(options).flatMap(([key, text]) => problemOf(key, text, registry) ?? []),
      ...failed,
    ],
    samples: Object.fromEntries(registry.ownMetrics.map((name) => [name, registry.samplesOf(name).length])),
    checks: held,
  }
}
