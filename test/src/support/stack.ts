import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { acceptedRuntimeFlags, mallocEnvironment } from '@tandem/cli'
import { repositoryFolder } from './fixtures.js'

/** The models and settings of a stack. */
export interface StackOptions {
  /** Model folders of the pair. */
  readonly sft: string
  readonly dpo: string
  /** Folders of additional models by name. */
  readonly extraModels?: Readonly<Record<string, string>>
  /** Folders of reward models by name. */
  readonly rewards?: Readonly<Record<string, string>>
  /** The name of the pair in the API. */
  readonly pair: string
  /** Where the services listen. Default: `127.0.0.1:0`. */
  readonly listen?: string
  /** Additional environment variables of every process. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * A running stack: two logit services, services of other models, reward services and a gateway,
 * each in its own process.
 */
export interface Stack {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly sft: ChildProcess
  readonly dpo: ChildProcess
  readonly gateway: ChildProcess
  /** Addresses of the services, host:port. */
  readonly addresses: { readonly sft: string; readonly dpo: string }
  /** URLs of the metrics: the gateway's, then those of the services. */
  readonly metricsUrls: readonly string[]
  /** Ends all processes. Resolves when they have ended. */
  stop(): Promise<void>
}

const startLimitMs = 360_000
const stopLimitMs = 60_000

/**
 * Starts a stack, with the runtime flags of `tandem up`.
 * @throws Error with the stderr of a process that does not get ready
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const children: ChildProcess[] = []
  const { listen = '127.0.0.1:0' } = options
  const metricsUrls: string[] = []
  const execArgv = [...(await acceptedRuntimeFlags())]
  const start = async (script: string, env: Record<string, string>): Promise<[ChildProcess, string]> => {
    const child = fork(join(repositoryFolder, script), {
      env: { ...mallocEnvironment, ...process.env, TANDEM_LOG_LEVEL: 'warn', ...options.env, ...env },
      execArgv,
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    children.push(child)
    const { address, metricsUrl } = await readyMessage(child, script)
    if (metricsUrl) metricsUrls.push(metricsUrl)
    return [child, address]
  }
  const stop = async () => {
    await Promise.all(children.map(end))
  }
  try {
    const service = (name: string, folder: string) =>
      start('services/dist/logit/main.js', {
        TANDEM_MODEL: folder,
        TANDEM_ROLE: name,
        TANDEM_LISTEN: listen,
        TANDEM_THREADS: '1',
      })
    const startOther = async ([name, folder]: [string, string]) => `${name}=${(await service(name, folder))[1]}`
    const startReward = async ([name, folder]: [string, string]) => {
      const environment = { TANDEM_MODEL: folder, TANDEM_LISTEN: listen, TANDEM_THREADS: '1' }
      return `${name}=${(await start('services/dist/reward/main.js', environment))[1]}`
    }
    const [[sft, sftAddress], [dpo, dpoAddress], others, rewards] = await Promise.all([
      service('sft', options.sft),
      service('dpo', options.dpo),
      Promise.all(Object.entries(options.extraModels ?? {}).map(startOther)),
      Promise.all(Object.entries(options.rewards ?? {}).map(startReward)),
    ])
    const [gateway, url] = await start('gateway/dist/main.js', {
      TANDEM_SFT: sftAddress,
      TANDEM_DPO: dpoAddress,
      TANDEM_MODELS: others.join(','),
      TANDEM_REWARDS: rewards.join(','),
      TANDEM_HOST: '127.0.0.1',
      TANDEM_PORT: '0',
      TANDEM_PAIR: options.pair,
    })
    // The gateway starts last.
    metricsUrls.unshift(...metricsUrls.splice(-1))
    return { url, sft, dpo, gateway, addresses: { sft: sftAddress, dpo: dpoAddress }, metricsUrls, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** What a process says when it serves. */
export interface Ready {
  readonly address: string
  readonly metricsUrl?: string | null
}

/** Waits for the message `{ type: 'ready', address }` of a process and returns the address. */
export const readyAddress = async (child: ChildProcess, script: string): Promise<string> =>
  (await readyMessage(child, script)).address

/** Waits for the whole message. @throws Error with the stderr of a process that ends before */
export function readyMessage(child: ChildProcess, script: string): Promise<Ready> {
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4000)
  })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`${script} was not ready within ${startLimitMs} ms. ${errors}`)),
      startLimitMs,
    )
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      reject(new Error(`${script} exited with ${code ?? signal} before it was ready. ${errors}`))
    })
    child.on('message', ({ type, address, metricsUrl }: { type?: string } & Partial<Ready>) => {
      if (type !== 'ready' || address === undefined) return
      clearTimeout(timer)
      resolve({ address, metricsUrl: metricsUrl ?? null })
    })
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const limit = new AbortController()
  await Promise.race([exited, delay(stopLimitMs, undefined, { signal: limit.signal }).catch(() => undefined)])
  limit.abort()
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL')
    await exited
  }
}
