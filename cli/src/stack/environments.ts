import type { PreparedPair } from '../sources/prepare-pair.js'
import type { Served } from './managed-process.js'
import { withMetricsUrl } from './metrics-listen.js'
import type { Addresses, ServiceSpec, StackOptions } from './stack.js'

const anyPort = '127.0.0.1:0'

/**
 * Returns the environment of a service.
 * @param sharers number of logit services that share this machine
 */
export function serviceEnvironment(
  { TANDEM_API_KEYS: _keys, TANDEM_API_KEYS_FILE: _file, ...environment }: NodeJS.ProcessEnv,
  { role, folder, servesBase = false }: Pick<ServiceSpec, 'role' | 'folder' | 'servesBase'>,
  sharers: number,
  { threads }: Pick<StackOptions, 'threads'>,
): NodeJS.ProcessEnv {
  return {
    ...environment,
    TANDEM_MODEL: folder,
    TANDEM_ROLE: role,
    // Only the gateway connects. A value in the environment applies only to services that are
    // started by hand.
    TANDEM_LISTEN: anyPort,
    TANDEM_BASE_LISTEN: servesBase ? anyPort : undefined,
    // Several services cannot share one address.
    TANDEM_HEALTH_LISTEN: undefined,
    TANDEM_LOCAL_SERVICES: String(Math.max(1, sharers)),
    ...(threads === undefined ? {} : { TANDEM_THREADS: String(threads) }),
  }
}

/** Returns the environment of a service that takes the place of another one. */
export const keepServiceAddresses = (
  environment: NodeJS.ProcessEnv,
  { at, baseAt, metricsUrl }: Served,
): NodeJS.ProcessEnv => ({
  ...withMetricsUrl(environment, metricsUrl),
  TANDEM_LISTEN: at,
  ...(baseAt === null ? {} : { TANDEM_BASE_LISTEN: baseAt }),
})

/** Returns the environment of a gateway that takes the place of another one. */
export const keepGatewayAddress = (environment: NodeJS.ProcessEnv, { at, metricsUrl }: Served): NodeJS.ProcessEnv => ({
  ...withMetricsUrl(environment, metricsUrl),
  // Port 80 is not part of a URL.
  TANDEM_PORT: new URL(at).port || '80',
})

/** Returns the environment of the gateway. */
export function gatewayEnvironment(
  { TANDEM_API_KEYS: _keys, TANDEM_API_KEYS_FILE: _file, ...environment }: NodeJS.ProcessEnv,
  { sft, dpo, models, rewards }: Addresses,
  pair: Pick<PreparedPair, 'name' | 'endTokens'>,
  { host, port, apiKeys, apiKeysFile, templateFrom, onTimeline }: StackOptions,
): NodeJS.ProcessEnv {
  return {
    ...environment,
    TANDEM_SFT: sft.join(','),
    TANDEM_DPO: dpo.join(','),
    ...listed('TANDEM_MODELS', models),
    ...listed('TANDEM_REWARDS', rewards),
    TANDEM_HOST: host,
    TANDEM_PORT: String(port),
    TANDEM_PAIR: pair.name,
    TANDEM_END_TOKENS: environment.TANDEM_END_TOKENS ?? JSON.stringify(pair.endTokens),
    ...(apiKeys.length === 0 ? {} : { TANDEM_API_KEYS: apiKeys.join(',') }),
    ...(apiKeysFile === undefined ? {} : { TANDEM_API_KEYS_FILE: apiKeysFile }),
    ...(templateFrom === undefined ? {} : { TANDEM_TEMPLATE_FROM: templateFrom }),
    // A variable of the user must not make the gateway send what is not read.
    TANDEM_TRACE: onTimeline === undefined ? undefined : '1',
  }
}

/**
 * Formats `name=host:port,name=host:port`; the name is repeated for each replica. Without an
 * address the variable is undefined, which removes it.
 */
function listed(variable: string, addresses: Addresses['models']): NodeJS.ProcessEnv {
  const entries = Object.entries(addresses).flatMap(([name, replicas]) =>
    replicas.map((address) => `${name}=${address}`),
  )
  return { [variable]: entries.length === 0 ? undefined : entries.join(',') }
}
