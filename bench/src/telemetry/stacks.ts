import type { Bench } from '../case.js'
import type { Opened } from '../lru-pool.js'
import { openStack, type Placement, type RunningStack } from '../stack/run-stack.js'
import { type ArmName, armNames } from './arms.js'
import { type Collector, closedUrl, startCollector } from './collectors.js'

/** The stack of each arm. */
export type Stacks = Readonly<Record<ArmName, RunningStack>>

/** Time after which the slow collector answers. It is within the limit of an export, 10 s. */
const slowAnswerMs = 5_000

/** Starts all stacks and their collectors. The caller closes them. */
export async function openStacks(bench: Bench, placement: Placement): Promise<Opened<Stacks>> {
  const opened: Opened<RunningStack>[] = []
  const collectors: Collector[] = []
  const start = async (answerAfterMs: number) => {
    const collector = await startCollector(answerAfterMs)
    collectors.push(collector)
    return collector.url
  }
  const close = async () => {
    await Promise.all(opened.map((stack) => stack.close()))
    for (const collector of collectors) collector.close()
  }
  try {
    const environments = environmentsOf(await start(0), await start(slowAnswerMs))
    for (const name of armNames) opened.push(await openWith(bench, environments[name], placement))
    const entries = armNames.map((name, i) => [name, opened[i]?.value])
    return { value: Object.fromEntries(entries) as Stacks, close }
  } catch (error) {
    await close()
    throw error
  }
}

function environmentsOf(working: string, slow: string): Readonly<Record<ArmName, NodeJS.ProcessEnv>> {
  const sampled = {
    OTEL_EXPORTER_OTLP_ENDPOINT: working,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.05',
    // By default, 1% of the traced answers have a span per token, which is measured by itself.
    TANDEM_TRACE_TOKENS: '0',
  }
  return {
    off: { OTEL_SDK_DISABLED: 'true' },
    metrics: {},
    untraced: sampled,
    traced: sampled,
    working: { OTEL_EXPORTER_OTLP_ENDPOINT: working },
    down: { OTEL_EXPORTER_OTLP_ENDPOINT: closedUrl },
    slow: { OTEL_EXPORTER_OTLP_ENDPOINT: slow },
  }
}

function openWith({ context, pair }: Bench, more: NodeJS.ProcessEnv, placement: Placement) {
  const environment = { ...context.environment, ...more }
  return openStack({ context: { ...context, environment }, pair }, placement)
}
