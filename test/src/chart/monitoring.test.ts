import { describe, expect, test } from 'vitest'
import { readDeployed } from '../observability/testing/deployed.js'
import { valuesOf } from './testing/cases.js'
import { readChart, render, withoutHelm } from './testing/helm.js'
import { find, matches, ofKind } from './testing/objects.js'

test.each(['dashboard.json', 'alerts.yaml'])('%s of the chart is that of deploy/observability: copy it', (file) => {
  expect(readChart(`files/${file}`)).toBe(readDeployed(file))
})

describe.skipIf(withoutHelm)(`monitoring of the chart${withoutHelm}`, () => {
  test('the dashboard and the rules are deployed unchanged', () => {
    const objects = render(valuesOf('many-replicas.yaml'))
    expect(find(objects, 'ConfigMap', 'tandem-dashboard').data?.['tandem.json']).toBe(readDeployed('dashboard.json'))
    const names = [...readDeployed('alerts.yaml').matchAll(/alert: (\w+)/g)].map(([, name]) => name)
    const text = JSON.stringify(find(objects, 'PrometheusRule', 'tandem').spec)
    expect(names.filter((name) => !text.includes(`"alert":"${name}"`))).toEqual([])
    expect(text).toContain('{{ $labels.')
  })

  test('every Service with metrics is scraped once, with the job that the alerts name and the key', () => {
    const objects = render(valuesOf('many-replicas.yaml'))
    const monitors = ofKind(objects, 'ServiceMonitor').map(({ spec }) => spec)
    const jobs = monitors.map(({ endpoints }) => JSON.stringify(endpoints))
    expect(jobs.filter((text) => text.includes('"replacement":"tandem-gateway"')).length).toBe(1)
    expect(jobs.filter((text) => text.includes('"replacement":"tandem-services"')).length).toBe(1)
    for (const text of jobs) expect(text).toContain('"credentials":{"name":"tandem-metrics","key":"key"}')
    const withMetrics = ofKind(objects, 'Service').filter(({ spec }) => spec.ports?.some((p) => p.name === 'metrics'))
    for (const { metadata } of withMetrics) {
      const readers = monitors.filter(({ selector }) => matches(selector?.matchLabels ?? {}, metadata.labels))
      expect({ name: metadata.name, readers: readers.length }).toEqual({ name: metadata.name, readers: 1 })
    }
    expect(withMetrics.length).toBe(3)
  })

  test('the Service for clients has no metrics: it may be a load balancer', () => {
    const { spec } = find(render({ gateway: { service: { type: 'LoadBalancer' } } }), 'Service', 'tandem-gateway')
    expect(spec.ports?.map(({ name }) => name)).toEqual(['http'])
  })
})
