import { Client, credentials } from '@grpc/grpc-js'
import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import { type SettingKey, settingKeys, variableOf } from '../config/settings.js'
import { isService, parseAddress } from '../source-text/service-address.js'

/** How long a service has to take a connection when it is asked why a gateway could not start. */
const answerMs = 2_000

/**
 * Starts what settings name, and tells what is wrong in the words that the settings were given in.
 * @throws Error naming the setting whose service does not answer, or as `start`
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
    const answers = await Promise.all(services.map(({ address }) => takesConnections(address)))
    const silent = services.filter((_, i) => !answers[i])
    if (silent.length > 0) throw new Error(silent.map(describeSilent).join('\n'), { cause: error })
    throw error instanceof Error ? new Error(withLabels(error.message, loaded), { cause: error }) : error
  }
}

interface GivenService {
  readonly label: string
  readonly address: string
}

function givenServices(loaded: LoadedSettings): GivenService[] {
  const { sft, dpo, models, rewards } = loaded.settings
  const beside = (key: string, named: typeof models) =>
    Object.entries(named).map(([name, { source }]) => [`${key}.${name}`, source] as const)
  const sources = [
    ['sft', sft] as const,
    ['dpo', dpo] as const,
    ...beside('models', models),
    ...beside('rewards', rewards),
  ]
  return sources.flatMap(([key, source]) => {
    if (source === undefined || !isService(source)) return []
    const label = labelOf(loaded, key)
    return [{ label, address: parseAddress(source, label) }]
  })
}

function takesConnections(address: string): Promise<boolean> {
  const client = new Client(address, credentials.createInsecure())
  return new Promise((resolve) => {
    client.waitForReady(Date.now() + answerMs, (error) => {
      client.close()
      resolve(error === undefined || error === null)
    })
  })
}

const describeSilent = ({ label, address }: GivenService) =>
  `${label} grpc://${address}: no service answers at that address. Start a service of that model there ` +
  `("TANDEM_MODEL=FOLDER TANDEM_LISTEN=${address} node services/dist/logit/main.js", or reward/main.js of a reward model; ` +
  'FOLDER is made by "tandem build"), or give a source that is to be served here'

/** Processes name variables; who set them by an option or a file is told of these. */
function withLabels(message: string, loaded: LoadedSettings): string {
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
