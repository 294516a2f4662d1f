import type { Context, ProcessModule } from '../context.js'
import type { ExtraModels } from '../sources/prepare-extra-models.js'
import type { PreparedPair } from '../sources/prepare-pair.js'
import { gatewayEnvironment, keepGatewayAddress, keepServiceAddresses, serviceEnvironment } from './environments.js'
import type { ProcessSpec } from './managed-process.js'
import { type MetricsEndpoint, withMetricsPort } from './metrics-listen.js'
import { ProcessGroup } from './process-group.js'
import type { ServiceSpec, Stack, StackOptions } from './stack.js'
import { countLogitServices, startServices } from './start-services.js'
import { createLineWriter } from './write-lines.js'

const noModels: ExtraModels = { models: {}, rewards: {} }

/**
 * Starts all services that are not running yet, at the same time, then the gateway. The caller
 * stops the stack with `group.stop()`.
 * @throws Error naming the process that could not start, with its last output; no process is left
 * then
 */
export async function startStack(
  pair: PreparedPair,
  options: StackOptions,
  context: Context,
  extraModels: ExtraModels = noModels,
): Promise<Stack> {
  const { environment } = context
  const group = new ProcessGroup(createLineWriter(context), options.supervision)
  // The first failure ends the wait for the other services.
  const failed = new AbortController()
  const { start, metrics } = createStart(group, context, AbortSignal.any([context.signal, failed.signal]))
  const { replicas = 1 } = options
  const sharers = countLogitServices(pair, extraModels, replicas)
  // The gateway has place 0, and with it the first port of the metrics.
  let services = 0
  const startService = (spec: ServiceSpec) => {
    const { name, role } = spec
    const launcher = role === 'sft' || role === 'dpo' ? options.launchers?.[role] : undefined
    const own = serviceEnvironment(environment, spec, sharers, options)
    return start(++services, spec.module, { name, launcher, environment: own, keepAddresses: keepServiceAddresses })
  }
  try {
    const addresses = await startServices(pair, extraModels, replicas, startService)
    const { launchers, onTimeline } = options
    const own = gatewayEnvironment(environment, addresses, pair, options)
    const { at: url } = await start(0, '@tandem/gateway/main', {
      name: 'gateway',
      launcher: launchers?.gateway,
      environment: own,
      keepAddresses: keepGatewayAddress,
      onTimeline,
    })
    return { url, services: addresses, group, metrics: metrics.filter((served) => served !== undefined) }
  } catch (error) {
    failed.abort(error)
    await group.stop()
    throw error
  }
}

/** Creates a function that starts one process, and the list of where processes serve metrics. */
function createStart(group: ProcessGroup, { findModule }: Context, signal: AbortSignal) {
  const metrics: (MetricsEndpoint | undefined)[] = []
  const start = async (place: number, module: ProcessModule, spec: Omit<ProcessSpec, 'modulePath'>) => {
    const own = withMetricsPort(spec.environment, place)
    const served = await group.start({ ...spec, modulePath: findModule(module), environment: own }, signal)
    if (served.metricsUrl !== null) metrics[place] = { name: spec.name, url: served.metricsUrl }
    return served
  }
  return { start, metrics }
}
