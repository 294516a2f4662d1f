import type { Gateway } from '../chat/chat-client.js'
import type { Context } from '../context.js'
import { loadSettings } from '../config/load-settings.js'
import { overlayEnvironment } from '../config/overlay-environment.js'
import { readFlags, type UpFlags } from '../config/read-flags.js'
import { prepareServed } from '../sources/prepare-served.js'
import { validateSources } from '../sources/validate-sources.js'
import { acceptedRuntimeFlags } from '../stack/runtime-flags.js'
import { startStack } from '../stack/start-stack.js'
import { explainStartErrors } from './explain-start-errors.js'

/** What `tandem up` takes of models, and a gateway to ask in the place of one that is started. */
export type GatewayOptions = Omit<UpFlags, 'host' | 'port' | 'apiKey'> & {
  /** A running gateway; left out, one is started. */
  readonly url?: string | undefined
  /** The first is sent to the gateway at `url`. */
  readonly apiKeys: readonly string[]
}

/**
 * Runs `work` with the gateway at `url`, or with services and a gateway of its own on a free port, which end with it: those that
 * `tandem up` would start, by the same settings.
 * @throws Error where a setting is wrong, or models are named for a gateway that has its own
 */
export async function withGateway(
  { url, apiKeys, ...flags }: GatewayOptions,
  given: Context,
  work: (gateway: Gateway) => Promise<void>,
): Promise<void> {
  if (url !== undefined) {
    assertNothingToStart(flags)
    return work({ server: { url: readUrl(url), apiKey: apiKeys[0] }, model: flags.pair })
  }
  const loaded = await loadSettings(flags, given.environment)
  const context = { ...given, environment: overlayEnvironment(loaded, given.environment) }
  if (loaded.file !== null) context.output.write(`Settings: ${loaded.file}\n`)
  validateSources(loaded)
  // Probed while the models are prepared: a start needs the answer.
  void acceptedRuntimeFlags()
  const { pair, extraModels } = await prepareServed(loaded, context)
  // Nobody else is meant to reach this gateway, so it takes no keys.
  const listen = { host: '127.0.0.1', port: 0, apiKeys: [] }
  const stack = await explainStartErrors(loaded, context.signal, () => startStack(pair, listen, context, extraModels))
  try {
    await work({ server: { url: stack.url }, model: pair.name })
  } finally {
    await stack.group.stop()
  }
}

/** As a person writes an address: without a scheme it is http. @throws Error where it is none */
export function readUrl(text: string): string {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  if (/^https?:/i.test(url) && URL.canParse(url)) return url
  throw new Error(`--url ${text} is no address of a gateway; expected http://HOST:PORT, e.g. http://127.0.0.1:8080`)
}

/** The pair alone means something to a gateway that runs: which model is asked. */
function assertNothingToStart({ config, pair: _asked, ...flags }: UpFlags): void {
  const named = [...readFlags(flags).values()].map(({ origin }) => origin.at)
  const left = config === undefined ? named : ['--config', ...named]
  if (left.length === 0) return
  throw new Error(`--url asks a gateway that runs already, with its own models; leave out ${left.join(', ')}, or --url`)
}
