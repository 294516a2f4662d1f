import { loadManifest } from '@tandem/models/folder'
import type { Context } from '../context.js'
import type { PreparedPair } from '../sources/prepare-pair.js'
import { serviceEnvironment } from '../stack/environments.js'
import { withFreeMetricsPort } from '../stack/metrics-listen.js'
import { ProcessGroup } from '../stack/process-group.js'
import type { Addresses, ServiceSpec } from '../stack/stack.js'
import { startServices } from '../stack/start-services.js'
import { createLineWriter } from '../stack/write-lines.js'
import type { Form, TrialTimes } from './decide-form.js'
import { type PairAddresses, timeForms } from './time-forms.js'

/** Time limit of the whole trial, including the starts of the services. */
const limitMs = 120_000
const noModels = { models: {}, rewards: {} }

/** How the machine is shared when the pair is served. */
interface Sharing {
  /** Number of additional logit models. */
  readonly others: number
  /** Services of each model. */
  readonly replicas: number
  /** Threads of each service. Default: its share of the machine. */
  readonly threads?: number | undefined
}

/**
 * Starts the services of both forms as `tandem up` would start them, times them, and ends them.
 * @throws Error saying what could not start or took too long; the reason of the context's signal on
 * abort
 */
export async function measureForms(
  pairs: Readonly<Record<Form, PreparedPair>>,
  { others, replicas, threads }: Sharing,
  context: Context,
): Promise<TrialTimes> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error(`it took more than ${limitMs / 1000} s`)), limitMs)
  const signal = AbortSignal.any([context.signal, late.signal])
  const environment = withFreeMetricsPort(context.environment)
  const group = new ProcessGroup(createLineWriter(context))
  const start = (form: Form) => {
    const sharers = replicas * (others + (form === 'paired' ? 1 : 2))
    return startServices(pairs[form], noModels, 1, (spec: ServiceSpec) => {
      const own = serviceEnvironment(environment, spec, sharers, { threads })
      return group.start({ name: spec.name, modulePath: context.findModule(spec.module), environment: own }, signal)
    })
  }
  try {
    const { vocabularySize } = await loadManifest(pairs.separate.dpo)
    const [paired, separate] = await Promise.all([start('paired'), start('separate')])
    return await timeForms({ paired: firstOf(paired), separate: firstOf(separate) }, vocabularySize, signal)
  } finally {
    clearTimeout(timer)
    await group.stop()
  }
}

const firstOf = ({ sft: [sft = ''], dpo: [dpo = ''] }: Addresses): PairAddresses => ({ sft, dpo })
