import { z } from 'zod'
import { parseEnvironment, type ServiceConfig, serviceFields, toServiceConfig } from '../service-config.js'

const environmentSchema = z.object(serviceFields)

/** The environment that configures a reward service, as whoever starts one writes it. */
export type RewardEnvironment = Partial<Record<keyof typeof environmentSchema.shape, string>> & {
  TANDEM_MODEL: string
}

/** @throws Error naming every variable that is wrong, and why */
export const parseRewardConfig = (environment: NodeJS.ProcessEnv): ServiceConfig =>
  toServiceConfig(parseEnvironment(environmentSchema, environment))
