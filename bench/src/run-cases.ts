import type { Context, PreparedPair } from '@tandem/cli'
import type { Bench, Case } from './case.js'
import { pinSelf } from './cores.js'
import type { Form, Measurement } from './measure/measure.js'
import type { Result } from './measure/result.js'
import type { Settings } from './settings.js'
import { closeSharedProcesses, createSharedProcesses, type SharedProcesses } from './shared-processes.js'
import { Unavailable } from './unavailable.js'

interface Options {
  readonly cases: readonly Case[]
  readonly forms: readonly Form[]
  readonly settings: Settings
  readonly cores: readonly number[]
  readonly context: Context
  readonly pairOf: (form: Form) => Promise<PreparedPair>
  readonly onResult: (result: Result) => void
}

/** The results of all cases. */
export interface Outcome {
  readonly results: readonly Result[]
  /** Errors of the cases that failed. A case that this machine cannot run is not a failure. */
  readonly failures: readonly Error[]
}

/**
 * Runs the cases one after another, each in its forms. A case that cannot run or fails has rows
 * with the reason.
 * @throws the signal's reason on abort
 */
export async function runCases(options: Options): Promise<Outcome> {
  const shared = createSharedProcesses()
  try {
    return await runAll(options, shared)
  } finally {
    await closeSharedProcesses(shared)
  }
}

async function runAll(
  { cases, forms, settings, cores, context, pairOf, onResult }: Options,
  shared: SharedProcesses,
): Promise<Outcome> {
  const results: Result[] = []
  const failures: Error[] = []
  for (const current of cases)
    for (const form of formsOf(current, settings, forms)) {
      context.signal.throwIfAborted()
      const startMs = performance.now()
      context.output.write(`${current.name}${form === 'fast' ? ', fast form' : ''} ...\n`)
      try {
        const pair = await pairOf(form)
        const found = await runUnpinned(current, { context, settings, form, cores, pair, shared })
        results.push(...resultsOf(current, form, found, 'not measured here'))
      } catch (error) {
        context.signal.throwIfAborted()
        const failure = error instanceof Error ? error : new Error(String(error))
        if (!(failure instanceof Unavailable)) failures.push(failure)
        results.push(...resultsOf(current, form, {}, describe(failure)))
      }
      for (const result of results.slice(-current.measures.length)) onResult(result)
      context.output.write(`${current.name} took ${((performance.now() - startMs) / 1000).toFixed(0)} s\n`)
    }
  return { results, failures }
}

/**
 * Returns the forms to measure. By default the short form measures the fast precision only if it
 * has its own target.
 */
function formsOf({ forms, measures }: Case, { length }: Settings, wanted: readonly Form[]): readonly Form[] {
  const isWanted =
    wanted.length === 1 || length === 'long' || measures.some(({ fastTarget }) => fastTarget !== undefined)
  return forms.filter((form) => wanted.includes(form) && (isWanted || form !== 'fast'))
}

/** Runs a case. It may bind this process to a core, so the binding is removed afterwards. */
async function runUnpinned(current: Case, bench: Bench): Promise<Readonly<Record<string, Measurement>>> {
  try {
    return await current.run(bench)
  } finally {
    if (bench.cores.length > 0) await pinSelf(bench.cores)
  }
}

function resultsOf(
  { measures }: Case,
  form: Form,
  found: Readonly<Record<string, Measurement>>,
  reason: string,
): Result[] {
  return measures.map((measure) => {
    const measurement = found[measure.key]
    return measurement ? { type: 'measured', measure, form, measurement } : { type: 'missing', measure, form, reason }
  })
}

const describe = (failure: Error) => (failure instanceof Unavailable ? failure.message : `failed: ${failure.message}`)
