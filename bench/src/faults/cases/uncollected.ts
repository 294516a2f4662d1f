import { startCollector } from '../../telemetry/collectors.js'
import { askAll } from '../ask-during.js'
import { askFirst } from '../asked.js'
import type { FaultCase } from '../case.js'
import { ServiceStack } from '../service-stack.js'
import { Tally } from '../tally.js'

/** Longer than the limit of an export below. */
const slowMs = 60_000
const kinds = 6
const maxTokens = 32
const [rounds, shortRounds] = [20, 3]

/** F12: the collector of traces and metrics is slow, then down. */
export const uncollected: readonly FaultCase[] = [
  {
    key: 'F12',
    title: 'the OTLP collector does not answer, then is down',
    expected: 'the same tokens, at the same speed',
    run: async ({ isShort, signal }) => {
      const collector = await startCollector(slowMs)
      const stack = await ServiceStack.start({
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
          OTEL_EXPORTER_OTLP_TIMEOUT: '200',
          OTEL_BSP_SCHEDULE_DELAY: '50',
          OTEL_BSP_MAX_QUEUE_SIZE: '64',
          OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '32',
          OTEL_METRIC_EXPORT_INTERVAL: '500',
          OTEL_METRIC_EXPORT_TIMEOUT: '200',
          TANDEM_TRACE_TOKENS: '1',
        },
      })
      const plain = await ServiceStack.start({ env: { OTEL_SDK_DISABLED: 'true' } })
      try {
        const tally = new Tally()
        const asked = await askFirst(plain, { count: kinds, maxTokens }, signal)
        for (const label of ['slow', 'down']) {
          for (let i = 0; i < (isShort ? shortRounds : rounds); i++)
            await askAll({ url: stack.url, asked, tally, label, signal })
          collector.close()
        }
        return tally.result(await stack.countLeaked())
      } finally {
        await Promise.all([stack.stop(), plain.stop()])
        collector.close()
      }
    },
  },
]
