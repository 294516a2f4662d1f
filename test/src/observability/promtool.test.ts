import type { ObservableCounter } from '@opentelemetry/api'
import { createInstrument, metricDefinitions } from '@tandem/telemetry'
import { recordTelemetry } from '@tandem/telemetry/testing'
import { describe, expect, test } from 'vitest'
import { runPromtool, withoutPromtool } from './testing/promtool.js'
import { labelOf, metricKeys } from './testing/series.js'

describe.skipIf(withoutPromtool)(`promtool${withoutPromtool}`, () => {
  test.each([
    ['check', 'rules', 'alerts.yaml'],
    ['test', 'rules', 'alerts.test.yaml'],
    ['check', 'config', 'prometheus.yaml'],
  ])('%s %s %s', (...args) => {
    expect(runPromtool(args)).toMatchObject({ code: 0, output: expect.stringContaining('SUCCESS') })
  })

  test('check metrics accepts every metric', async () => {
    const { telemetry, text } = recordTelemetry()
    for (const key of metricKeys) {
      const { kind, attributes } = metricDefinitions[key]
      const labels = Object.fromEntries(attributes.map((name) => [labelOf(name), 'x']))
      const instrument = createInstrument(telemetry.meter, key)
      if (kind.startsWith('observable'))
        (instrument as ObservableCounter).addCallback((result) => result.observe(1, labels))
      else if ('record' in instrument) instrument.record(1, labels)
      else if ('add' in instrument) instrument.add(1, labels)
    }
    expect(runPromtool(['check', 'metrics'], await text())).toEqual({ code: 0, output: '' })
  })
})
