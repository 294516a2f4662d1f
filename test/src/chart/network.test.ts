import { describe, expect, test } from 'vitest'
import { cases, valuesOf } from './testing/cases.js'
import { render, withoutHelm } from './testing/helm.js'
import { find, matches, ofKind, type PolicyRule, podsOf, podsOfComponent } from './testing/objects.js'

/** The rules that allow a port. */
const rulesOf = (rules: readonly PolicyRule[] | undefined, port: string | number) =>
  rules?.filter(({ ports }) => ports?.some((allowed) => allowed.port === port)) ?? []

describe.skipIf(withoutHelm)(`network of the chart${withoutHelm}`, () => {
  test.each(cases)('%s: every selector selects pods of the chart, and ports have names that they have', (_, values) => {
    const objects = render(values)
    const pods = podsOf(objects)
    const selected = (selector: Readonly<Record<string, string>> = {}) =>
      pods.filter(({ labels }) => matches(selector, labels))
    for (const { metadata, spec } of ofKind(objects, 'Service')) {
      const found = selected(spec.selector)
      expect({ service: metadata.name, count: found.length }).not.toMatchObject({ count: 0 })
      for (const { targetPort } of spec.ports ?? [])
        for (const { main } of found) expect(main.ports?.map(({ name }) => name)).toContain(targetPort)
    }
    for (const { spec } of ofKind(objects, 'PodDisruptionBudget')) {
      expect(spec.maxUnavailable).toBe(1)
      expect(selected(spec.selector?.matchLabels).length).toBeGreaterThan(0)
    }
    for (const { metadata, spec } of ofKind(objects, 'Deployment')) {
      expect(matches(spec.selector?.matchLabels ?? {}, spec.template?.metadata.labels ?? {})).toBe(true)
      expect(selected(spec.selector?.matchLabels).map(({ name }) => name)).toEqual([metadata.name])
    }
  })

  test('only the gateway reaches the services, and nobody reads the metrics unless they are named', () => {
    const objects = render({})
    const services = find(objects, 'NetworkPolicy', 'tandem-services').spec
    expect(services.policyTypes).toEqual(['Ingress', 'Egress'])
    expect(services.ingress?.flatMap(({ ports }) => ports?.map(({ port }) => port))).toEqual(['grpc', 'grpc-base'])
    expect(services.egress).toEqual([])
    const [rule] = rulesOf(services.ingress, 'grpc')
    const allowed = podsOf(objects).filter(({ labels }) =>
      rule?.from?.some((peer) => matches(peer.podSelector?.matchLabels ?? {}, labels)),
    )
    expect(allowed.map(({ name }) => name)).toEqual(['tandem-gateway'])
    const covered = podsOf(objects).filter((pod) => matches(services.podSelector?.matchLabels ?? {}, pod.labels))
    expect(covered).toEqual(podsOfComponent(objects, 'service'))
    const gateway = find(objects, 'NetworkPolicy', 'tandem-gateway').spec
    expect(gateway.ingress?.flatMap(({ ports }) => ports?.map(({ port }) => port))).toEqual(['http'])
  })

  test('the gateway reaches DNS and the services, and the collector if there is one', () => {
    const portsOf = (values: Readonly<Record<string, unknown>>) =>
      find(render(values), 'NetworkPolicy', 'tandem-gateway').spec.egress?.flatMap(({ ports }) =>
        ports?.map(({ port }) => port),
      )
    expect(portsOf({})).toEqual(['grpc', 'grpc-base', 53, 53])
    expect(portsOf(valuesOf('many-replicas.yaml'))).toEqual(['grpc', 'grpc-base', 53, 53, 4317])
  })

  test('clients and scrapers can be limited; the pod of helm test stays a client', () => {
    const objects = render(valuesOf('many-replicas.yaml'))
    const { spec } = find(objects, 'NetworkPolicy', 'tandem-gateway')
    const [clients] = rulesOf(spec.ingress, 'http')
    const [tester] = podsOfComponent(objects, 'test')
    expect(clients?.from?.map(({ namespaceSelector }) => namespaceSelector?.matchLabels)).toEqual([
      { 'kubernetes.io/metadata.name': 'envoy-gateway-system' },
      undefined,
    ])
    expect(matches(clients?.from?.[1]?.podSelector?.matchLabels ?? { none: '' }, tester?.labels ?? {})).toBe(true)
    for (const name of ['tandem-gateway', 'tandem-services']) {
      const [metrics] = rulesOf(find(objects, 'NetworkPolicy', name).spec.ingress, 'metrics')
      expect(metrics?.from).toEqual([
        { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
      ])
    }
  })

  test('routes wait as long as the longest answer takes, and buffer no stream', () => {
    const route = find(render(valuesOf('many-replicas.yaml')), 'HTTPRoute', 'tandem').spec
    expect(route.rules).toMatchObject([{ timeouts: { request: '370s', backendRequest: '370s' } }])
    const { metadata } = find(render(valuesOf('several-pairs.yaml')), 'Ingress', 'tandem')
    expect(metadata.annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/proxy-buffering': 'off',
      'nginx.ingress.kubernetes.io/proxy-read-timeout': '370',
      'nginx.ingress.kubernetes.io/proxy-body-size': '8388608',
    })
  })
})
