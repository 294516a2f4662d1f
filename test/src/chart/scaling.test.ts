import { describe, expect, test } from 'vitest'
import { valuesOf } from './testing/cases.js'
import { render, withoutHelm } from './testing/helm.js'
import { find, ofKind, podsOfComponent } from './testing/objects.js'

const pairOf = ['tandem-logit-dpo', 'tandem-logit-sft']

describe.skipIf(withoutHelm)(`scaling of the chart${withoutHelm}`, () => {
  test('KEDA scales SFT and DPO by the same trigger and limits', () => {
    const objects = render(valuesOf('many-replicas.yaml'))
    const scalers = ofKind(objects, 'ScaledObject').map(({ spec }) => spec)
    expect(scalers.map(({ scaleTargetRef }) => scaleTargetRef?.name)).toEqual(pairOf)
    const [first, second] = scalers.map(({ scaleTargetRef: _, ...rest }) => rest)
    expect(first).toEqual(second)
    expect(first).toMatchObject({ minReplicaCount: 2, maxReplicaCount: 16, fallback: { replicas: 4 } })
    for (const name of pairOf) expect(find(objects, 'Deployment', name).spec.replicas).toBeUndefined()
  })

  test('a HorizontalPodAutoscaler on a metric of an adapter is the same for all logit models, and none of a reward', () => {
    const objects = render(valuesOf('several-pairs.yaml'))
    const scalers = ofKind(objects, 'HorizontalPodAutoscaler').map(({ spec }) => spec)
    expect(scalers.length).toBe(4)
    expect(new Set(scalers.map(({ metrics }) => JSON.stringify(metrics))).size).toBe(1)
    expect(find(objects, 'Deployment', 'tandem-reward-helpful').spec.replicas).toBe(1)
  })

  test('models that are scaled to zero are woken by requests and by a gateway that starts', () => {
    const objects = render(valuesOf('scale to zero'))
    const [scaler] = ofKind(objects, 'ScaledObject')
    expect(scaler?.spec.minReplicaCount).toBe(0)
    const query = scaler?.spec.triggers?.[0]?.metadata.query ?? ''
    expect(query).toContain('sum(tandem_num_requests_waiting{namespace="models", pod=~"tandem-gateway-.*"})')
    expect(query).toContain('tandem_event_loop_busy_seconds_total{namespace="models", pod=~"tandem-gateway-.*"} offset')
    // A gateway that is not ready gets no requests.
    const [gateway] = podsOfComponent(objects, 'gateway')
    expect(gateway?.main.readinessProbe?.httpGet?.path).toBe('/livez')
  })

  test('without a scaler, replicas are those of the values', () => {
    const objects = render({
      modelDefaults: { replicas: 2 },
      models: { dpo: { replicas: 3 } },
      gateway: { replicas: 4 },
    })
    const replicas = ofKind(objects, 'Deployment').map(({ metadata, spec }) => [metadata.name, spec.replicas])
    expect(Object.fromEntries(replicas)).toEqual({ 'tandem-gateway': 4, 'tandem-logit-dpo': 3, 'tandem-logit-sft': 2 })
  })
})
