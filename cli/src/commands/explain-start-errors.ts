import { connect } from 'node:net'
import { hostOf } from '@tandem/process'
import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import { type SettingKey, settingKeys, variableOf } from '../config/settings.js'
import { isService, parseAddresses } from '../source-text/service-address.js'

/** Time limit for a connection to a service, after a gateway could not start. */
const connectMs = 2_000

/**
 * Starts what the settings name, and explains errors with the names that the user gave: flags,
 * lines of the file, variables.
 * @throws Error naming the settings whose services do not answer; otherwise the error of `start`
 */
export async function explainStartErrors<T>(
  loaded: LoadedSettings,
  signal: AbortSignal,
  start: () => Promise<T>,
): Promise<T> {
  try {
    return await start()
  } catch (error) {
    signal.throwIfAborted()
    const services = givenServices(loaded)
    const answers = await Promise.all(services.map(({ address }) => acceptsConnections(address)))
    const unreachable = services.filter((_, i) => !answers[i])
    if (unreachable.length > 0) throw new Error(unreachable.map(describeUnreachable).join('\n'), { cause: error })
    throw error instanceof Error ? new Error(withLabels(error.message, loaded), { cause: error }) : error
  }
}

/** A service that the settings name by its address. */
export interface GivenService {
  readonly label: string
  readonly address: string
  /** The command that starts a service of this model, without its address. */
  readonly command: string
}

/** Returns the services that the settings name by their addresses. */
export function givenServices(loaded: LoadedSettings): GivenService[] {
  const { sft, dpo, models, rewards } = loaded.settings
  const logitService = (role: string) => `TANDEM_ROLE=${role} node services/dist/logit/main.js`
  const sources = [
    ['sft', sft, logitService('sft')] as const,
    ['dpo', dpo, logitService('dpo')] as const,
    ...Object.entries(models).map(([name, { source }]) => [`models.${name}`, source, logitService(name)] as const),
    ...Object.entries(rewards).map(
      ([name, { source }]) => [`rewards.${name}`, source, 'node services/dist/reward/main.js'] as const,
    ),
  ]
  return sources.flatMap(([key, source, command]) => {
    if (source === undefined || !isService(source)) return []
    const label = labelOf(loaded, key)
    return parseAddresses(source, label).map((address) => ({ label, address, command }))
  })
}

/** Only connects: what a service says, with or without TLS, is in the gateway's own error. */
function acceptsConnections(address: string): Promise<boolean> {
  const port = Number(address.slice(address.lastIndexOf(':') + 1))
  const socket = connect({ host: hostOf(address), port, timeout: connectMs })
  return new Promise((resolve) => {
    const end = (accepts: boolean) => {
      socket.destroy()
      resolve(accepts)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

const describeUnreachable = ({ label, address, command }: GivenService) =>
  `${label} grpc://${address}: no service answers at that address. Start one there with ` +
  `"TANDEM_MODEL=FOLDER TANDEM_LISTEN=${address} ${command}" ("tandem build" makes FOLDER), ` +
  'or give a source to serve here'

/**
 * Replaces the variables in a process's message by the flags or lines of the file that have set
 * them.
 */
export function withLabels(message: string, loaded: LoadedSettings): string {
  const label = (key: SettingKey) => {
    const { kind } = loaded.entries.get(key)?.origin ?? { kind: 'default' }
    return kind === 'flag' || kind === 'file' ? labelOf(loaded, key) : null
  }
  return settingKeys.reduce((text, key) => {
    const [variable, name] = [variableOf(key), label(key)]
    if (variable === null || name === null) return text
    const separator = name.startsWith('--') ? ' ' : ': '
    return text.replaceAll(`${variable}=`, `${name}${separator}`).replaceAll(new RegExp(`\\b${variable}\\b`, 'g'), name)
  }, message)
}
