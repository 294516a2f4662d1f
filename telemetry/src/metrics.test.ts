import type { ObservableCounter } from '@opentelemetry/api'
import { describe, expect, it, test } from 'vitest'
import { createInstrument, type MetricKey, metricDefinitions, prometheusName } from './metrics.js'
import { recordTelemetry } from './testing/index.js'

const keys = Object.keys(metricDefinitions) as MetricKey[]
const definitions = keys.map((key) => ({ ...metricDefinitions[key], key }))

it('gives each metric a name of its own', () => {
  expect(new Set(keys.map(prometheusName)).size).toBe(keys.length)
})

describe.each(definitions)('$name', ({ key, name, kind, unit, description, attributes, processes, ...rest }) => {
  const series = prometheusName(key)
  const isCounter = kind === 'counter' || kind === 'observable-counter'

  test('its name is valid in Prometheus, and ends with _total once if it is a counter', () => {
    expect(series).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
    expect(name).not.toMatch(/[._](total|bucket|count|sum)$/)
    expect(series.endsWith('_total')).toBe(isCounter)
  })

  test('its labels are valid in Prometheus and have one name each', () => {
    const labels = attributes.map((attribute) => attribute.replaceAll('.', '_'))
    for (const label of labels) expect(label).toMatch(/^[a-z][a-z0-9_]*$/)
    expect(new Set([...labels, 'le', 'quantile', 'job', 'instance']).size).toBe(labels.length + 4)
  })

  test('its name tells its unit, if it is one of Tandem', () => {
    expect(['', 's', 'By']).toContain(unit)
    if (!name.startsWith('tandem.')) return
    expect(/_(seconds|bytes)$/.exec(name)?.[1] ?? '').toBe({ s: 'seconds', By: 'bytes', '': '' }[unit as string])
  })

  test('it has ascending buckets if it is a histogram, and none otherwise', () => {
    const buckets: readonly number[] = 'buckets' in rest ? rest.buckets : []
    expect(buckets.length > 1).toBe(kind === 'histogram')
    expect([...new Set(buckets)].sort((a, b) => a - b)).toEqual(buckets)
    expect(buckets.every(Number.isFinite)).toBe(true)
  })

  test('it is described by a sentence and belongs to a process', () => {
    expect(description).toMatch(/^[A-Z].*\.$/)
    expect(processes.length).toBeGreaterThan(0)
  })
})

it('exports every metric to Prometheus under the name that prometheusName gives', async () => {
  const { telemetry, samples } = recordTelemetry()
  for (const { key, kind } of definitions) {
    const instrument = createInstrument(telemetry.meter, key)
    if (kind.startsWith('observable')) (instrument as ObservableCounter).addCallback((result) => result.observe(1))
    else if ('record' in instrument) instrument.record(1)
    else if ('add' in instrument) instrument.add(1)
  }
  const exported = new Set([...(await samples()).keys()].map((series) => series.replace(/\{.*/, '')))
  const expected = definitions.flatMap(({ key, kind }) =>
    kind === 'histogram'
      ? ['bucket', 'count', 'sum'].map((part) => `${prometheusName(key)}_${part}`)
      : [prometheusName(key)],
  )
  expect([...exported].sort()).toEqual(expected.sort())
})

it('returns one metric for two calls with one meter', async () => {
  const { telemetry, samples } = recordTelemetry()
  createInstrument(telemetry.meter, 'promptTokens').add(2)
  createInstrument(telemetry.meter, 'promptTokens').add(3)
  expect(await samples()).toEqual(new Map([['tandem_prompt_tokens_total', 5]]))
})
