import { expect, it } from 'vitest'
import { measureProcess } from './measure-process.js'
import { recordTelemetry } from './testing/index.js'

it('measures the event loop, the memory and the CPU time', async () => {
  const { telemetry, samples } = recordTelemetry()
  measureProcess(telemetry.meter)
  const first = await samples()
  expect([...first.keys()].sort()).toEqual([
    'process_cpu_time_total{cpu_mode="system"}',
    'process_cpu_time_total{cpu_mode="user"}',
    'process_memory_usage',
    'tandem_event_loop_busy_seconds_total',
    'tandem_event_loop_delay_seconds{statistic="max"}',
    'tandem_event_loop_delay_seconds{statistic="p50"}',
    'tandem_event_loop_delay_seconds{statistic="p99"}',
  ])
  expect(first.get('process_memory_usage')).toBeGreaterThan(10_000_000)
  expect(first.get('process_cpu_time_total{cpu_mode="user"}')).toBeGreaterThan(0)
})

it('shows a blocked event loop: delay, and busy and CPU time that grow', async () => {
  const { telemetry, samples } = recordTelemetry()
  measureProcess(telemetry.meter)
  const before = await samples()
  const grown = async (name: string) => ((await samples()).get(name) ?? 0) - (before.get(name) ?? 0)
  const block = () => {
    const end = performance.now() + 200
    while (performance.now() < end);
  }
  // The delay is measured by a timer, which has to run before and after the block.
  await expect
    .poll(async () => {
      block()
      return (await samples()).get('tandem_event_loop_delay_seconds{statistic="max"}')
    })
    .toBeGreaterThan(0.1)
  expect(await grown('tandem_event_loop_busy_seconds_total')).toBeGreaterThan(0.1)
  expect(await grown('process_cpu_time_total{cpu_mode="user"}')).toBeGreaterThan(0)
})
