import type { Bench, Case } from '../case.js'
import { pinSelf, twoCores } from '../cores.js'
import type { Measurement } from '../measure/measure.js'
import type { ArmName } from '../telemetry/arms.js'
import { costOf } from '../telemetry/compare.js'
import { measureArms, type Samples } from '../telemetry/measure-arms.js'
import { compareWithWorking, describeRest, describeSpans, describeTimes } from '../telemetry/notes.js'
import { readSpanCounts } from '../telemetry/span-counts.js'
import { openStacks, type Stacks } from '../telemetry/stacks.js'

/** Share of the requests that a production setting traces. */
const sampledShare = 0.05

/**
 * P11. Measures what telemetry adds to a token of AAD, with both models running every token (path
 * `eager`). Each round streams the same answer from stacks without telemetry, with metrics, with
 * traces, and with a span per token whose collector works, is down, or answers each export after
 * some seconds. Collectors are in this process and discard what they receive.
 *
 * The value is the processor time of all threads but the engines, per token, less that of the stack
 * without telemetry, divided by the time of a token. The times of a token are in the notes: two
 * stacks with the same settings differ by more than telemetry adds.
 *
 * A few answers cannot show a share of 5%. So two stacks have the settings of a production that
 * traces 5%. The client's header decides: all answers of one stack are traced, none of the other.
 * `P11-sampled` weights them 1 to 19.
 */
export const telemetryCost: Case = {
  name: 'P11',
  measures: [
    { key: 'P11', what: 'processor time of metrics / time of a token', unit: 'percent', target: { atMost: 0.01 } },
    { key: 'P11-sampled', what: 'the same, traces of 5% of the requests', unit: 'percent', target: { atMost: 0.02 } },
    { key: 'P11-traced', what: 'the same, traces of all requests', unit: 'percent', target: null },
    { key: 'P11-tokens', what: 'the same, a span per token', unit: 'percent', target: { atMost: 0.05 } },
    { key: 'P11-down', what: 'P11-tokens, the collector is down', unit: 'percent', target: { atMost: 0.05 } },
    { key: 'P11-slow', what: 'P11-tokens, the collector answers after 5 s', unit: 'percent', target: { atMost: 0.05 } },
  ],
  forms: ['default'],
  run: async (bench) => {
    const [first, second] = twoCores(bench.cores)
    await pinSelf([first])
    const stacks = await openStacks(bench, { sft: first, dpo: second, gateway: first })
    try {
      return await measure(bench, stacks.value)
    } finally {
      await stacks.close()
    }
  },
}

async function measure(bench: Bench, stacks: Stacks): Promise<Record<string, Measurement>> {
  const samples = await measureArms(bench, stacks)
  const perToken = async (arm: ArmName) => {
    const spans = await readSpanCounts(stacks[arm].metricsUrls, bench.context.signal)
    const faults = arm === 'down' || arm === 'slow' ? [compareWithWorking(samples, arm)] : []
    return measurementOf(samples, arm, [...faults, describeRest(samples, arm), describeSpans(spans)])
  }
  return {
    P11: measurementOf(samples, 'metrics'),
    'P11-sampled': sampled(samples),
    'P11-traced': measurementOf(samples, 'traced', ['a span for 32 tokens']),
    'P11-tokens': await perToken('working'),
    'P11-down': await perToken('down'),
    'P11-slow': await perToken('slow'),
  }
}

const measurementOf = (samples: Samples, arm: ArmName, notes: readonly string[] = []): Measurement => ({
  estimate: costOf(samples, { [arm]: 1 }),
  notes: [...describeTimes(samples, arm), ...notes],
})

/** Weights the answers of both kinds as if 5% were traced. */
function sampled(samples: Samples): Measurement {
  const percent = (arm: ArmName) => `${(100 * costOf(samples, { [arm]: 1 }).value).toFixed(1)}%`
  const { length } = samples.traced
  return {
    estimate: costOf(samples, { untraced: 1 - sampledShare, traced: sampledShare }),
    notes: [
      `${length} answers of each kind, weighted 19 to 1: ${percent('untraced')} not traced, ${percent('traced')} traced`,
    ],
  }
}
