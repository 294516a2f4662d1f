import { parseEnvironment } from '@tandem/process'
import { z } from 'zod'
import { type ServiceConfig, serviceFields, toServiceConfig } from '../service-config.js'

const environmentSchema = z.object(serviceFields)

/** The environment that configures a reward service, as the program that starts it writes it. */
export type RewardEnvironment = Partial<Record<keyof typeof environmentSchema.shape, string>> & {
  TANDEM_MODEL: string
}

/** @throws Error that names every wrong variable and says what is expected */
export const parseRewardConfig = (environment: NodeJS.ProcessEnv): ServiceConfig =>
  toServiceConfig(parseEnvironment(environmentSchema, environment))
