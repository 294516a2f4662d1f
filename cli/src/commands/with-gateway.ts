import type { Gateway } from '../chat/chat-client.js'
import { loadSettings } from '../config/load-settings.js'
import { overlayEnvironment } from '../config/overlay-environment.js'
import { readFlags, type UpFlags } from '../config/read-flags.js'
import type { Context } from '../context.js'
import { prepareServed } from '../sources/prepare-served.js'
import { validateSources } from '../sources/validate-sources.js'
import { withFreeMetricsPort } from '../stack/metrics-listen.js'
import { acceptedRuntimeFlags } from '../stack/runtime-flags.js'
import { startStack } from '../stack/start-stack.js'
import { explainStartErrors } from './explain-start-errors.js'

/** The model options of `tandem up`, and a running gateway to use instead of starting one. */
export type GatewayOptions = Omit<UpFlags, 'host' | 'port' | 'apiKey' | 'replicas'> & {
  /** The URL of a running gateway. Default: a gateway is started. */
  readonly url?: string | undefined
  /** API keys: the first is sent to the gateway at `url`. */
  readonly apiKeys: readonly string[]
}

/**
 * Runs `work` with the gateway at `url`. Without `url` it starts the services and the gateway that
 * `tandem up` would start, on a free port, and ends them afterwards.
 * @throws Error if a setting is wrong, or models are named for a running gateway; errors of `work`
 */
export async function withGateway<T>(
  { url, apiKeys, ...flags }: GatewayOptions,
  given: Context,
  work: (gateway: Gateway) => Promise<T>,
): Promise<T> {
  if (url !== undefined) {
    assertNothingToStart(flags)
    return work({ server: { url: readUrl(url), apiKey: apiKeys[0] }, model: flags.pair })
  }
  const loaded = await loadSettings(flags, given.environment)
  const context = { ...given, environment: withFreeMetricsPort(overlayEnvironment(loaded, given.environment)) }
  if (loaded.file !== null) context.output.write(`Settings: ${loaded.file}\n`)
  validateSources(loaded)
  // Probed while the models are prepared: a start needs the answer.
  void acceptedRuntimeFlags()
  const { pair, extraModels } = await prepareServed(loaded, context)
  // Only this process uses this gateway, so it needs no keys.
  const listen = { host: '127.0.0.1', port: 0, apiKeys: [] }
  const stack = await explainStartErrors(loaded, context.signal, () => startStack(pair, listen, context, extraModels))
  try {
    return await work({ server: { url: stack.url }, model: pair.name })
  } finally {
    await stack.group.stop()
  }
}

/**
 * Reads an address as a person writes it: without a scheme it is http.
 * @param option the option that names it, for the message
 * @param meaning what is at the address
 * @throws Error if it is not an http address
 */
export function readUrl(text: string, option = '--url', meaning = 'a gateway'): string {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  if (/^https?:/i.test(url) && URL.canParse(url)) return url
  throw new Error(
    `${option} ${text} is not the address of ${meaning}; expected http://HOST:PORT, e.g. http://127.0.0.1:8080`,
  )
}

/** Refuses model options with --url. Only --pair has a meaning there: the requested model. */
function assertNothingToStart({ config, pair: _asked, ...flags }: UpFlags): void {
  const named = [...readFlags(flags).values()].map(({ origin }) => origin.at)
  const left = config === undefined ? named : ['--config', ...named]
  if (left.length === 0) return
  throw new Error(`--url uses a running gateway with its own models: remove ${left.join(', ')}, or --url`)
}
