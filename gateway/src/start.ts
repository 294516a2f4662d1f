import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import type { GatewayConfig } from './config.js'
import { ActiveAnswers } from './decode/answers/active-answers.js'
import { Admission } from './routes/admission.js'
import { createApp } from './routes/app.js'
import { createHttpServer } from './routes/http-server.js'
import { connectModels } from './session/connect-models.js'
import { LogitServiceConnection } from './session/logit-service.js'
import type { Pair } from './session/pair.js'
import { openReward, type RewardModel } from './session/reward-model.js'
import { RewardServiceConnection } from './session/reward-service.js'
import { SessionError } from './session/session-error.js'
import { findEndTokenIds } from './text/index.js'

const retryMs = 200

export interface RunningGateway {
  readonly url: string
  /** Takes no new requests, gives open answers their time, then ends them and closes the services' channels. */
  stop(): Promise<void>
}

/** Reaches all services, then listens. @throws Error where they cannot be reached in time or are no pair */
export async function startGateway(config: GatewayConfig, log: Logger): Promise<RunningGateway> {
  // grpc-js prints to stderr what it also throws; whoever debugs it sets the variable.
  if (process.env.GRPC_VERBOSITY === undefined) setLogVerbosity(logVerbosity.NONE)
  const services = new Map(
    [...config.services].map(([name, address]) => [name, new LogitServiceConnection(name, address)]),
  )
  const rewardServices = [...config.rewards].map(
    ([name, address]) => [name, new RewardServiceConnection(name, address)] as const,
  )
  const closeChannels = () => {
    for (const service of services.values()) service.close()
    for (const [, service] of rewardServices) service.close()
  }
  try {
    const [served, rewards] = await reach(
      () =>
        Promise.all([
          connectModels(services, config.templateFrom),
          Promise.all(rewardServices.map((one) => openReward(...one))),
        ]),
      config,
    )
    const pair = addEndTokens(served, config.endTokens)
    for (const warning of pair.warnings) log.warn(warning)
    const stopping = new AbortController()
    const server = await listen(createServer(config, pair, rewards, stopping.signal, log), config)
    const url = urlOf(config.host, server)
    const models = Object.fromEntries([...pair.models].map(([name, { info }]) => [name, info.modelId]))
    const rewardModels = Object.fromEntries(rewards.map(({ name, info }) => [name, info.modelId]))
    log.info({ url, pair: config.pairName, models, rewards: rewardModels }, 'serving')
    const stop = async () => {
      log.info('draining')
      await drain(server, stopping, config.drainMs)
      closeChannels()
      await Promise.all([pair, ...rewards].map(({ encoder }) => encoder.close()))
    }
    return { url, stop }
  } catch (error) {
    closeChannels()
    throw error
  }
}

function createServer(
  config: GatewayConfig,
  pair: Pair,
  rewardList: readonly RewardModel[],
  stopping: AbortSignal,
  log: Logger,
): Server {
  const { pairName, apiKeys, corsOrigins, maxPromptTokens, maxBodyBytes, requestTimeoutMs, receiveTimeoutMs } = config
  const limits = { maxPromptTokens, maxBodyBytes, requestTimeoutMs, receiveTimeoutMs }
  const rewards = new Map(rewardList.map((reward) => [reward.name, reward]))
  const admission = new Admission(config)
  const activeAnswers = new ActiveAnswers()
  const app = createApp({
    pair,
    pairName,
    rewards,
    apiKeys,
    corsOrigins,
    admission,
    activeAnswers,
    limits,
    stopping,
    log,
  })
  return createHttpServer(app, config)
}

/** A service may still be starting. What is wrong with its model is wrong at once. */
async function reach<T>(attempt: () => Promise<T>, { startTimeoutMs }: GatewayConfig): Promise<T> {
  const end = Date.now() + startTimeoutMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const mayPass = error instanceof SessionError && (error.code === 'unavailable' || error.code === 'deadline')
      if (!mayPass || Date.now() + retryMs > end) throw error
      await delay(retryMs)
    }
  }
}

function addEndTokens(pair: Pair, tokens: readonly string[]): Pair {
  return { ...pair, eosTokenIds: [...new Set([...pair.eosTokenIds, ...findEndTokenIds(pair.text, tokens)])] }
}

async function listen(server: Server, { host, port }: GatewayConfig): Promise<Server> {
  const isOpen = once(server, 'listening')
  server.listen(port, host)
  try {
    await isOpen
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`cannot listen on ${host}:${port}: ${message}`, { cause })
  }
  return server
}

function urlOf(host: string, server: Server): string {
  const { port } = server.address() as AddressInfo
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`
}

async function drain(server: Server, stopping: AbortController, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  server.closeIdleConnections()
  const idle = setInterval(() => server.closeIdleConnections(), 50)
  const last = new AbortController()
  const limit = delay(drainMs, undefined, { signal: last.signal }).catch(() => undefined)
  await Promise.race([closed, limit])
  stopping.abort(new SessionError('unavailable', 'the gateway is stopping'))
  // The clients' last error event leaves before their connections are cut.
  await Promise.race([closed, delay(100)])
  server.closeAllConnections()
  clearInterval(idle)
  last.abort()
}
