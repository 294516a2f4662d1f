import type { Context } from '@tandem/cli'

/** Returns the context of the command line with an environment without the user's own settings. */
export const plainContext = (context: Context): Context => ({
  ...context,
  environment: plainEnvironment(context.environment, context.isVerbose),
})

/**
 * Removes all settings of Tandem and OpenTelemetry except the folder of the models, so that none of
 * them changes a measurement.
 */
export function plainEnvironment(environment: NodeJS.ProcessEnv, isVerbose: boolean): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !/^(TANDEM|OTEL)_/.test(name) || name === 'TANDEM_HOME')
  return { ...Object.fromEntries(kept), TANDEM_LOG_LEVEL: isVerbose ? 'info' : 'warn' }
}
