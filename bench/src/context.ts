import type { Context } from '@tandem/cli'

/** The command line's context, with an environment that holds no settings of the user's own. */
export const plainContext = (context: Context): Context => ({
  ...context,
  environment: plainEnvironment(context.environment, context.isVerbose),
})

/** A setting that somebody once exported would be measured unseen; where models are kept is none. */
export function plainEnvironment(environment: NodeJS.ProcessEnv, isVerbose: boolean): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith('TANDEM_') || name === 'TANDEM_HOME')
  return { ...Object.fromEntries(kept), TANDEM_LOG_LEVEL: isVerbose ? 'info' : 'warn' }
}
