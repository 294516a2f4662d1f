import type { Context, ProcessModule } from '../context.js'
import type { ExtraModels } from '../sources/prepare-extra-models.js'
import type { PreparedPair } from '../sources/prepare-pair.js'
import { gatewayEnvironment, serviceEnvironment } from './environments.js'
import { ProcessGroup } from './process-group.js'
import type { ServiceSpec, Stack, StackOptions } from './stack.js'
import { countLogitServices, startServices } from './start-services.js'

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
  const { environment, output, isVerbose, findModule } = context
  const group = new ProcessGroup((name, line) => {
    if (isVerbose) output.write(`[${name}] ${line}\n`)
  })
  // The first failure ends the wait for the other services.
  const failed = new AbortController()
  const signal = AbortSignal.any([context.signal, failed.signal])
  const start = (name: string, module: ProcessModule, launcher: Launcher, processEnvironment: NodeJS.ProcessEnv) =>
    group.start({ name, modulePath: findModule(module), environment: processEnvironment, launcher }, signal)
  const sharers = countLogitServices(pair, extraModels)
  const startService = (spec: ServiceSpec) => {
    const launcher = spec.role === 'sft' || spec.role === 'dpo' ? options.launchers?.[spec.role] : undefined
    return start(spec.name, spec.module, launcher, serviceEnvironment(environment, spec, sharers, options))
  }
  try {
    const services = await startServices(pair, extraModels, startService)
    const environmentOfGateway = gatewayEnvironment(environment, services, pair, options)
    const { at: url } = await start('gateway', '@tandem/gateway/main', options.launchers?.gateway, environmentOfGateway)
    return { url, services, group }
  } catch (error) {
    failed.abort(error)
    await group.stop()
    throw error
  }
}

type Launcher = readonly string[] | undefined
