import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js'
import { messageOf, resolveListenHost, SettingsError } from '@tandem/process'
import type { Logger } from 'pino'
import { noLimits } from './access/key-limits.js'
import { KeyStore } from './access/key-store.js'
import { KeyError } from './access/parse-key-line.js'
import type { GatewayConfig } from './config.js'
import { ActiveAnswers } from './decode/answers/active-answers.js'
import { drain } from './drain.js'
import { OpenRequests } from './open-requests.js'
import { Admission } from './routes/admission.js'
import { createApp } from './routes/app.js'
import type { AppDependencies } from './routes/dependencies.js'
import type { GatewayStage } from './routes/gateway-stage.js'
import { createHttpServer } from './routes/http-server.js'
import { SessionError } from './session/contract/session-error.js'
import { type ServiceAddress, ServiceCredentials } from './session/grpc/credentials.js'
import { connectModels } from './session/models/connect-models.js'
import { openReplicas, type RewardEntry } from './session/models/open-replicas.js'
import type { Pair } from './session/models/pair.js'
import { openReward, type RewardModel } from './session/models/reward-model.js'
import { createGatewayTelemetry, type GatewayTelemetry } from './telemetry/gateway-telemetry.js'
import { observeReplicas } from './telemetry/observe-replicas.js'
import { findEndTokenIds } from './text/index.js'

/** Time between two attempts to reach the services, in milliseconds. */
const retryMs = 200

/** A gateway that serves. */
export interface RunningGateway {
  readonly url: string
  /**
   * Accepts no new requests, gives open answers their time, then ends them and closes the
   * connections to the services.
   */
  stop(): Promise<void>
}

/**
 * Connects to all services, then listens.
 * @throws Error if a service cannot be reached in time, or the models are not a pair
 */
export async function startGateway(
  config: GatewayConfig,
  log: Logger,
  telemetry: GatewayTelemetry = createGatewayTelemetry(config.pairName),
): Promise<RunningGateway> {
  // grpc-js prints to stderr what it also throws. The variable turns this on for debugging.
  if (process.env.GRPC_VERBOSITY === undefined) setLogVerbosity(logVerbosity.NONE)
  const credentials = await ServiceCredentials.create(config.security, serviceAddresses(config), (fault) =>
    log.warn(fault),
  )
  const keys = await openKeys(config, log)
  const listenAddress = await resolveAllowedHost(config, keys)
  const { logit, reward } = openReplicas(config, credentials, log)
  const endObservation = observeReplicas(telemetry.metrics, { logit, reward })
  const closeChannels = () => {
    endObservation()
    for (const set of [...logit.values(), ...reward.values()]) set.close()
    credentials.close()
  }
  try {
    const [served, rewards] = await connect((signal) => {
      const { templateFrom, maxReplays } = config
      const open = ([name, replicas]: RewardEntry) => openReward(name, { replicas, maxReplays, signal })
      return Promise.all([connectModels(logit, templateFrom, signal), Promise.all([...reward].map(open))])
    }, config)
    const pair = addEndTokens(served, config.endTokens)
    for (const warning of pair.warnings) log.warn(warning)
    pair.encoder.prepare()
    const stopping = new AbortController()
    const stage: GatewayStage = { current: 'serving' }
    const server = createServer({ config, keys, pair, rewards, stage, stopping: stopping.signal, log, telemetry })
    const requests = new OpenRequests(server)
    await listen(server, listenAddress, config)
    const url = urlOf(config.host, server)
    const models = Object.fromEntries([...pair.models].map(([name, { info }]) => [name, info.modelId]))
    const rewardModels = Object.fromEntries(rewards.map(({ name, info }) => [name, info.modelId]))
    log.info({ url, pair: config.pairName, models, rewards: rewardModels }, 'serving')
    const stop = async () => {
      log.info({ openRequests: requests.count }, 'draining')
      const { drainDelayMs: delayMs, drainMs } = config
      await drain({ server, requests, stage, stopping, delayMs, drainMs })
      keys.close()
      closeChannels()
      await Promise.all([pair, ...rewards].map(({ encoder }) => encoder.close()))
    }
    keys.watch(log)
    return { url, stop }
  } catch (error) {
    closeChannels()
    throw error
  }
}

/** The addresses of all services, with the variables that hold them. */
function serviceAddresses({ services, rewards }: GatewayConfig): ServiceAddress[] {
  const variables: Readonly<Record<string, string>> = { sft: 'TANDEM_SFT', dpo: 'TANDEM_DPO' }
  const listed = (variable: string, addresses: readonly string[]) => addresses.map((address) => ({ variable, address }))
  return [
    ...[...services].flatMap(([name, addresses]) => listed(variables[name] ?? 'TANDEM_MODELS', addresses)),
    ...[...rewards.values()].flatMap((addresses) => listed('TANDEM_REWARDS', addresses)),
  ]
}

interface ServerParts extends Pick<AppDependencies, 'keys' | 'pair' | 'stage' | 'stopping' | 'log' | 'telemetry'> {
  readonly config: GatewayConfig
  readonly rewards: readonly RewardModel[]
}

function createServer({ config, rewards: rewardList, ...shared }: ServerParts): Server {
  const { pairName, corsOrigins } = config
  const { maxPromptTokens, maxBodyBytes, requestTimeoutMs, receiveTimeoutMs, pingMs, maxReplays } = config
  const limits = { maxPromptTokens, maxBodyBytes, requestTimeoutMs, receiveTimeoutMs }
  const rewards = new Map(rewardList.map((reward) => [reward.name, reward]))
  const admission = new Admission(config)
  const activeAnswers = new ActiveAnswers()
  const own = { pairName, corsOrigins, limits, pingMs, maxReplays }
  const app = createApp({ ...shared, ...own, rewards, admission, activeAnswers })
  return createHttpServer(app, config)
}

/**
 * Retries while a service may still be starting. A fault of its model is permanent and fails at
 * once.
 */
async function connect<T>(attempt: (signal: AbortSignal) => Promise<T>, { startTimeoutMs }: GatewayConfig): Promise<T> {
  const end = Date.now() + startTimeoutMs
  const signal = AbortSignal.timeout(startTimeoutMs)
  for (;;) {
    try {
      return await attempt(signal)
    } catch (error) {
      const isTemporary = error instanceof SessionError && (error.code === 'unavailable' || error.code === 'deadline')
      if (!isTemporary || Date.now() + retryMs > end) throw error
      await delay(retryMs)
    }
  }
}

function addEndTokens(pair: Pair, tokens: readonly string[]): Pair {
  return { ...pair, eosTokenIds: [...new Set([...pair.eosTokenIds, ...findEndTokenIds(pair.text, tokens)])] }
}

/** Reads the API keys. @throws SettingsError that names the variable, and the line of the file */
async function openKeys({ keys: settings }: GatewayConfig, log: Logger): Promise<KeyStore> {
  try {
    const keys = await KeyStore.open(settings)
    const hasLimits = Object.values(settings.defaults ?? noLimits).some((limit) => limit !== null)
    if (keys.isEmpty && hasLimits) log.warn('the limits per API key (TANDEM_KEY_*) have no effect: there are no keys')
    return keys
  } catch (error) {
    if (!(error instanceof KeyError)) throw error
    const variable = settings.file ? 'TANDEM_API_KEYS_FILE' : 'TANDEM_API_KEYS'
    throw new SettingsError([{ variable, message: `is not valid: ${error.message}` }])
  }
}

/**
 * Resolves the host to the address to listen on.
 * @throws SettingsError if other machines can reach it and there are no API keys
 */
async function resolveAllowedHost({ host }: GatewayConfig, keys: KeyStore): Promise<string> {
  const { address, isLoopback } = await resolveListenHost(host)
  if (isLoopback || !keys.isEmpty) return address
  const message =
    `is ${host}, which other machines can reach, and there are no API keys: ` +
    'set TANDEM_API_KEYS or TANDEM_API_KEYS_FILE, or listen on 127.0.0.1'
  throw new SettingsError([{ variable: 'TANDEM_HOST', message }])
}

/** @param address the resolved host: a second lookup of the name could give another address */
async function listen(server: Server, address: string, { host, port }: GatewayConfig): Promise<void> {
  const isOpen = once(server, 'listening')
  server.listen(port, address)
  try {
    await isOpen
  } catch (cause) {
    const message = messageOf(cause)
    throw new Error(`cannot listen on ${host}:${port}: ${message}`, { cause })
  }
}

function urlOf(host: string, server: Server): string {
  const { port } = server.address() as AddressInfo
  // A URL has no zone: "::1%lo" is "[::1]".
  const name = host.replace(/%.*$/, '')
  return `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`
}
