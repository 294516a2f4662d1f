import type { MetricKey } from '@tandem/telemetry'
import { describe, expect, test } from 'vitest'
import { dashboardExpressions, readDashboard, readDeployed, readRules, ruleExpressions } from './testing/deployed.js'
import { parseExpression } from './testing/promql.js'
import { labelsBySeries, metricKeys, seriesOf } from './testing/series.js'

/** Metrics that no panel shows. */
const notShown: Partial<Record<MetricKey, string>> = {
  serverTimeToFirstToken: 'the time to the first token under the name of the GenAI conventions, for other dashboards',
  serverTimePerToken: 'the mean of the inter-token latency under the name of the GenAI conventions',
}

const series = labelsBySeries()
const expressions = [...dashboardExpressions(), ...ruleExpressions()]

describe.each(expressions)('$name', ({ expression, printed }) => {
  const { selectors, grouping } = parseExpression(expression)

  test('reads series and labels that exist', () => {
    expect(selectors.length).toBeGreaterThan(0)
    for (const { metric, labels } of selectors) {
      expect([...series.keys()]).toContain(metric)
      expect(series.get(metric)).toEqual(expect.arrayContaining([...labels]))
    }
  })

  test('groups by and prints labels that its metrics have', () => {
    const known = selectors.flatMap(({ metric }) => series.get(metric) ?? [])
    expect(known).toEqual(expect.arrayContaining([...grouping, ...printed]))
  })
})

test('the dashboard shows every metric, except those that are listed here', () => {
  const read = new Set(dashboardExpressions().flatMap(({ expression }) => metricsOf(expression)))
  const missing = metricKeys.filter((key) => !seriesOf(key).some((name) => read.has(name)))
  expect(missing.sort()).toEqual(Object.keys(notShown).sort())
})

test('the model variable of the dashboard reads a label that exists', () => {
  const [, metric = '', label] =
    /^label_values\((\w+), (\w+)\)$/.exec(
      readDashboard().templating.list.find(({ name }) => name === 'model_name')?.definition ?? '',
    ) ?? []
  expect(series.get(metric)).toContain(label)
})

test('Prometheus scrapes the port of `tandem up --metrics` and the next ones', () => {
  const ports = [...readDeployed('prometheus.yaml').matchAll(/^[^#\n]*"127\.0\.0\.1:(\d+)"/gm)].map(([, port]) =>
    Number(port),
  )
  const [gateway = 0] = ports
  expect(ports).toEqual([gateway, gateway + 1, gateway + 2])
  expect(readDeployed('prometheus.yaml')).toContain(`tandem up --metrics 127.0.0.1:${gateway}`)
})

test('each panel has a description, and each alert says what to do', () => {
  for (const { targets, description = '' } of readDashboard().panels) if (targets) expect(description).toMatch(/\.$/)
  for (const { annotations } of readRules()) {
    expect(annotations.summary).toMatch(/\.$/)
    expect(annotations.description.length).toBeGreaterThan(80)
  }
})

const metricsOf = (expression: string) => parseExpression(expression).selectors.map(({ metric }) => metric)
