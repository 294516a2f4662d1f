import { Client, credentials } from '@grpc/grpc-js'
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

interface GivenService {
  readonly label: string
  readonly address: string
  /** The command that starts a service of this model, without its address. */
  readonly command: string
}

function givenServices(loaded: LoadedSettings): GivenService[] {
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

function acceptsConnections(address: string): Promise<boolean> {
  const client = new Client(address, credentials.createInsecure())
  return new Promise((resolve) => {
    client.waitForReady(Date.now() + connectMs, (error) => {
      client.close()
      resolve(error === undefined || error === null)
    })
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
