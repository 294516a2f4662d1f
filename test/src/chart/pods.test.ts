import { describe, expect, test } from 'vitest'
import { cases, valuesOf } from './testing/cases.js'
import { render, withoutHelm } from './testing/helm.js'
import { find, ofKind, podsOf, podsOfComponent } from './testing/objects.js'

describe.skipIf(withoutHelm)(`pods of the chart${withoutHelm}`, () => {
  test.each(cases)('%s: no pod has privileges', (_, values) => {
    const pods = podsOf(render(values))
    expect(pods.length).toBeGreaterThan(2)
    for (const { name, spec } of pods) {
      expect({ name, ...spec }).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      })
      for (const container of [...(spec.initContainers ?? []), ...spec.containers])
        expect({ name, container: container.name, ...container.securityContext }).toMatchObject({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
    }
  })

  test('every mount has its volume, and only /tmp is written, by a batch also its claim', () => {
    for (const [, values] of cases)
      for (const { spec, labels } of podsOf(render(values))) {
        const volumes = new Set(spec.volumes?.map(({ name }) => name))
        for (const container of [...(spec.initContainers ?? []), ...spec.containers])
          expect(container.volumeMounts?.filter(({ name }) => !volumes.has(name))).toEqual([])
        const written = spec.containers.flatMap(({ volumeMounts = [] }) => volumeMounts).filter((m) => !m.readOnly)
        const isBatch = labels['app.kubernetes.io/component'] === 'batch'
        const allowed = isBatch ? ['/tmp', '/data'] : ['/tmp']
        expect(written.filter(({ mountPath }) => !allowed.includes(mountPath))).toEqual([])
      }
  })

  test('the three probes ask for different things', () => {
    const objects = render({})
    const [gateway] = podsOfComponent(objects, 'gateway')
    expect(gateway?.main).toMatchObject({
      startupProbe: { httpGet: { path: '/livez', port: 'http' } },
      livenessProbe: { httpGet: { path: '/livez', port: 'http' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
    })
    for (const { main } of podsOfComponent(objects, 'service')) {
      const { containerPort: port } = main.ports?.find(({ name }) => name === 'health') ?? { containerPort: 0 }
      expect(main).toMatchObject({
        startupProbe: { grpc: { port, service: 'readiness' } },
        livenessProbe: { grpc: { port, service: 'liveness' } },
        readinessProbe: { grpc: { port, service: 'readiness' } },
      })
    }
  })

  test('a startup probe waits as long as the process does', () => {
    const settings = { start_timeout_ms: 900_000 }
    const objects = render({ gateway: { settings }, modelDefaults: { startupSeconds: 1201 } })
    const waits = (component: 'gateway' | 'service') =>
      podsOfComponent(objects, component).map(
        ({ main: { startupProbe: probe } }) => (probe?.periodSeconds ?? 0) * (probe?.failureThreshold ?? 0),
      )
    expect(Math.min(...waits('gateway'))).toBeGreaterThan(900)
    expect(Math.min(...waits('service'))).toBeGreaterThanOrEqual(1201)
  })

  test.each(cases)('%s: a pod has more time to end than its drain takes', (_, values) => {
    const objects = render(values)
    for (const { name, spec, main } of podsOf(objects).filter((pod) => pod.main.envFrom !== undefined)) {
      const { data = {} } = find(objects, 'ConfigMap', main.envFrom?.[0]?.configMapRef.name ?? name)
      const drainMs = Number(data.TANDEM_DRAIN_MS) + Number(data.TANDEM_DRAIN_DELAY_MS ?? 0)
      expect(spec.terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(drainMs + 5000)
    }
  })

  test('an answer of the old version can end on a service that drains', () => {
    const drainOf = (values: Record<string, unknown>) =>
      find(render(values), 'ConfigMap', 'tandem-logit-sft').data?.TANDEM_DRAIN_MS
    expect(drainOf({})).toBe('300000')
    expect(drainOf(valuesOf('one-node.yaml'))).toBe('120000')
    expect(drainOf({ modelDefaults: { settings: { drain_ms: 20_000 } } })).toBe('20000')
  })

  test('a roll-out starts a new pod before an old one ends', () => {
    for (const { spec } of ofKind(render({}), 'Deployment'))
      expect(spec.strategy?.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 })
  })

  test('a changed setting changes the pods that read it, and no others', () => {
    const sums = (values: Record<string, unknown>) =>
      new Map(ofKind(render(values), 'Deployment').map((d) => [d.metadata.name, JSON.stringify(d.spec.template)]))
    const before = sums({})
    const after = sums({ models: { dpo: { settings: { max_batch: 8 } } } })
    const changed = [...before].filter(([name, text]) => after.get(name) !== text)
    expect(changed.map(([name]) => name)).toEqual(['tandem-logit-dpo'])
  })

  test('a model is built with its adapter at a scale, which is left out if it is 1', () => {
    const argsOf = (build: object) => {
      const source = { type: 'build', build: { source: 'hf:a/b', adapter: 'hf:a/c', precision: 'int8', ...build } }
      const pod = podsOf(render({ models: { dpo: { source } } })).find(({ name }) => name === 'tandem-logit-dpo')
      return pod?.spec.initContainers?.find(({ name }) => name === 'build-model')?.args
    }
    const adapter = ['hf:a/b', '--adapter', 'hf:a/c']
    expect(argsOf({})).toEqual([...adapter, '--precision', 'int8'])
    expect(argsOf({ adapterScale: 0.4 })).toEqual([...adapter, '--adapter-scale', '0.4', '--precision', 'int8'])
  })

  test('a GPU is a limit, and the paper has one for each model', () => {
    const pods = podsOfComponent(render(valuesOf('two-gpus.yaml')), 'service')
    expect(pods.map(({ main }) => main.resources?.limits?.['nvidia.com/gpu'])).toEqual([1, 1])
    expect(pods.map(({ spec }) => spec.runtimeClassName)).toEqual(['nvidia', 'nvidia'])
  })
})
