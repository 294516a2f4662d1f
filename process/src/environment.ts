import { z } from 'zod'
import { describeIssue } from './describe-issue.js'

/** An environment variable that holds an integer. */
export const integerVariable = (least: number, most: number) => z.coerce.number().int().min(least).max(most)

/** An environment variable that holds 0 or 1. The default is 0. */
export const flagVariable = () =>
  z
    .enum(['0', '1'])
    .default('0')
    .transform((value) => value === '1')

/** The value of TANDEM_LOG_LEVEL: pino's levels. */
export const logLevelSchema = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info')

/** A fault in the settings of a process, named by its environment variable. */
export interface SettingFault {
  readonly variable: string
  /** Continues the variable's name: "is 70000: expected an integer from 0 to 65535". */
  readonly message: string
}

/** The environment of a process has faults. The message lists all of them. */
export class SettingsError extends Error {
  constructor(readonly faults: readonly SettingFault[]) {
    super(faults.map(({ variable, message }) => `${variable} ${message}`).join('; '))
    this.name = 'SettingsError'
  }
}

/** @throws SettingsError with every variable that is wrong, what was found and what is expected */
export function parseEnvironment<T extends z.ZodType>(schema: T, environment: NodeJS.ProcessEnv): z.output<T> {
  const result = schema.safeParse(environment, { error: describeIssue })
  if (result.success) return result.data
  throw new SettingsError(result.error.issues.map(({ path, message }) => ({ variable: path.join('.'), message })))
}
