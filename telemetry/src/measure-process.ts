import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Meter } from '@opentelemetry/api'
import { createInstrument } from './metrics.js'

/** Interval over which the delay of the event loop is measured, in milliseconds. */
const windowMs = 10_000
/** Each sample wakes the process up, also if it is idle. */
const sampleMs = 100
const nsPerSecond = 1e9

interface LoopDelay {
  readonly median: number
  readonly p99: number
  readonly max: number
}

/** Measures the event loop, the memory and the CPU time of this process. */
export function measureProcess(meter: Meter): void {
  const delay = measureLoopDelay()
  const loopDelay = createInstrument(meter, 'eventLoopDelay')
  const loopBusy = createInstrument(meter, 'eventLoopBusy')
  const memory = createInstrument(meter, 'memory')
  const cpuTime = createInstrument(meter, 'cpuTime')
  meter.addBatchObservableCallback(
    (result) => {
      const { median, p99, max } = delay()
      result.observe(loopDelay, median, { statistic: 'p50' })
      result.observe(loopDelay, p99, { statistic: 'p99' })
      result.observe(loopDelay, max, { statistic: 'max' })
      result.observe(loopBusy, performance.eventLoopUtilization().active / 1000)
      result.observe(memory, process.memoryUsage.rss())
      const { user, system } = process.cpuUsage()
      result.observe(cpuTime, user / 1e6, { 'cpu.mode': 'user' })
      result.observe(cpuTime, system / 1e6, { 'cpu.mode': 'system' })
    },
    [loopDelay, loopBusy, memory, cpuTime],
  )
}

/**
 * Returns a function that gives the delay in the last whole window, in seconds. A window of its own
 * keeps two exporters from resetting each other's values.
 */
function measureLoopDelay(): () => LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: sampleMs })
  histogram.enable()
  const secondsOf = (ns: number) => Math.max(0, ns / nsPerSecond - sampleMs / 1000)
  const read = (): LoopDelay => {
    if (histogram.count === 0) return { median: 0, p99: 0, max: 0 }
    return {
      median: secondsOf(histogram.percentile(50)),
      p99: secondsOf(histogram.percentile(99)),
      max: secondsOf(histogram.max),
    }
  }
  let last: LoopDelay | null = null
  setInterval(() => {
    last = read()
    histogram.reset()
  }, windowMs).unref()
  return () => last ?? read()
}
