import { gatewayEnvironmentSchema } from '@tandem/gateway'
import { logitEnvironmentSchema } from '@tandem/services'

/** The variables that the programs of each image read. */
export const knownVariables: Readonly<Record<string, readonly string[]>> = {
  gateway: Object.keys(gatewayEnvironmentSchema.shape),
  service: Object.keys(logitEnvironmentSchema.shape),
  cli: ['TANDEM_HOME'],
}

/** Returns the variables of Tandem that the programs of an image do not read. */
export const findUnknown = (image: string, environment: Readonly<Record<string, unknown>>): string[] =>
  Object.keys(environment).filter((name) => name.startsWith('TANDEM_') && !knownVariables[image]?.includes(name))
