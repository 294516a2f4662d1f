import type { LoadedSettings } from '../config/load-settings.js'
import type { PreparedPair } from '../sources/prepare-pair.js'
import type { Stack } from '../stack/stack.js'
import { curlLine } from './curl-line.js'

const demoTokens = 48

/** Returns what `tandem up` prints when it serves. */
export function welcome({ name, demo }: PreparedPair, url: string, needsKey: boolean): string {
  const line = (model: string) => curlLine({ url, model, messages: demo, maxTokens: demoTokens, needsKey })
  const access = needsKey
    ? 'Clients must send one of the API keys.'
    : 'No API key is set: every program on this machine can use it (set keys with TANDEM_API_KEYS=key1,key2).'
  return `
${name} is ready at ${url} (OpenAI-compatible: ${url}/v1). ${access}

An answer decoded by AAD:

  ${line(name)}

The same question, decoded greedily by the SFT model:

  ${line(`${name}/greedy-sft`)}

Press Ctrl-C to stop.
`
}

/** Returns where the processes serve their metrics, or how to choose it if no setting does. */
export function describeMetrics({ entries }: LoadedSettings, { metrics }: Pick<Stack, 'metrics'>): string {
  if (!entries.has('telemetry.metrics')) return 'To see metrics: tandem up --metrics 127.0.0.1:9464\n'
  return metrics.map(({ name, url }) => `Metrics of the ${name}: ${url}\n`).join('')
}
