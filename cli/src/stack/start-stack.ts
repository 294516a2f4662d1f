import type { Context, ProcessModule } from '../context.js'
import type { PreparedPair } from '../sources/prepare-pair.js'
import { gatewayEnvironment, serviceEnvironment } from './environments.js'
import { ProcessGroup } from './process-group.js'
import type { ServiceSpec, Stack, StackOptions } from './stack.js'
import type { ExtraModels } from '../sources/prepare-extra-models.js'
import { countLogitServices, startServices } from './start-services.js'

const nothing: ExtraModels = { models: {}, rewards: {} }

/**
 * Starts all services that do not run yet at once, then the gateway. Whoever gets the stack calls `group.stop()`.
 * @throws Error telling which process could not start and what it said; none is left then
 */
export async function startStack(
  pair: PreparedPair,
  options: StackOptions,
  context: Context,
  beside: ExtraModels = nothing,
): Promise<Stack> {
  const { environment, output, isVerbose, findModule } = context
  const group = new ProcessGroup((name, line) => {
    if (isVerbose) output.write(`[${name}] ${line}\n`)
  })
  // Of services that start, the first failure ends the wait for the others.
  const failed = new AbortController()
  const signal = AbortSignal.any([context.signal, failed.signal])
  const start = (name: string, module: ProcessModule, launcher: Launcher, ofProcess: NodeJS.ProcessEnv) =>
    group.start({ name, modulePath: findModule(module), environment: ofProcess, launcher }, signal)
  const sharers = countLogitServices(pair, beside)
  const startService = (spec: ServiceSpec) => {
    const launcher = spec.role === 'sft' || spec.role === 'dpo' ? options.launchers?.[spec.role] : undefined
    return start(spec.name, spec.module, launcher, serviceEnvironment(environment, spec, sharers, options))
  }
  try {
    const services = await startServices(pair, beside, startService)
    const ofGateway = gatewayEnvironment(environment, services, pair, options)
    const { at: url } = await start('gateway', '@tandem/gateway/main', options.launchers?.gateway, ofGateway)
    return { url, services, group }
  } catch (error) {
    failed.abort(error)
    await group.stop()
    throw error
  }
}

type Launcher = readonly string[] | undefined
