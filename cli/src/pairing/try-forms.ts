import { loadManifest } from '@tandem/models'
import type { Context } from '../context.js'
import type { PreparedPair } from '../sources/prepare-pair.js'
import { serviceEnvironment } from '../stack/environments.js'
import { ProcessGroup } from '../stack/process-group.js'
import type { ServiceSpec } from '../stack/stack.js'
import { startServices } from '../stack/start-services.js'
import { timeForms } from './time-forms.js'
import type { Form, TrialTimes } from './verdict.js'

/** Of the whole trial, starts included. */
const limitMs = 120_000
const nothing = { models: {}, rewards: {} }

/**
 * Starts the services of both forms as they would be started to serve, times them, and ends them.
 * @param others logit services beside the pair: what is served takes its share of the cores with them
 * @throws Error telling what could not start or took too long; the context's reason on abort
 */
export async function tryForms(
  pairs: Readonly<Record<Form, PreparedPair>>,
  { others, threads }: { readonly others: number; readonly threads: number | null },
  context: Context,
): Promise<TrialTimes> {
  const { environment, findModule, isVerbose, output } = context
  const limit = new Error(`it took more than ${limitMs / 1000} s`)
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(limit), limitMs)
  const signal = AbortSignal.any([context.signal, late.signal])
  const group = new ProcessGroup((name, line) => {
    if (isVerbose) output.write(`[trial, ${name}] ${line}\n`)
  })
  const start = (form: Form) => {
    const sharers = others + (form === 'paired' ? 1 : 2)
    return startServices(pairs[form], nothing, (spec: ServiceSpec) => {
      const own = serviceEnvironment(environment, spec, sharers, { threads: threads ?? undefined })
      return group.start({ name: spec.name, modulePath: findModule(spec.module), environment: own }, signal)
    })
  }
  try {
    const { vocabularySize } = await loadManifest(pairs.apart.dpo)
    const [paired, apart] = await Promise.all([start('paired'), start('apart')])
    return await timeForms({ paired, apart }, vocabularySize, signal)
  } finally {
    clearTimeout(timer)
    await group.stop()
  }
}
