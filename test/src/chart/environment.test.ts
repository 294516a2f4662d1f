import { gatewayEnvironmentSchema, parseGatewayConfig } from '@tandem/gateway'
import { logitEnvironmentSchema, parseLogitConfig, parseRewardConfig } from '@tandem/services'
import { parseTelemetryConfig } from '@tandem/telemetry'
import { describe, expect, test } from 'vitest'
import { cases, valuesOf } from './testing/cases.js'
import { render, withoutHelm } from './testing/helm.js'
import { find, type KubernetesObject, type MadePod, podsOfComponent } from './testing/objects.js'

/** Variables that all processes parse in the package telemetry. */
const ofTelemetry = ['TANDEM_METRICS_LISTEN', 'TANDEM_METRICS_KEY', 'TANDEM_METRICS_INSECURE', 'TANDEM_TRACE_TOKENS']

/** The environment of a pod. A value from a Secret or from the pod itself is "1". */
function environmentOf(objects: readonly KubernetesObject[], { main }: MadePod): Record<string, string> {
  const config = main.envFrom?.map(({ configMapRef }) => find(objects, 'ConfigMap', configMapRef.name).data) ?? []
  const own = main.env?.map(({ name, value = '1' }) => [name, value] as const) ?? []
  return Object.assign({}, ...config, Object.fromEntries(own))
}

const unknown = (environment: Record<string, string>, known: readonly string[]) =>
  Object.keys(environment).filter((name) => name.startsWith('TANDEM_') && ![...known, ...ofTelemetry].includes(name))

describe.skipIf(withoutHelm)(`environment of the pods${withoutHelm}`, () => {
  test.each(cases)('%s: the processes read every variable and accept its value', (_, values) => {
    const objects = render(values)
    for (const pod of podsOfComponent(objects, 'gateway')) {
      const environment = environmentOf(objects, pod)
      expect(unknown(environment, Object.keys(gatewayEnvironmentSchema.shape))).toEqual([])
      expect(parseGatewayConfig(environment)).toMatchObject({ port: 8080, keys: { file: '/etc/tandem/keys/keys' } })
      expect(parseTelemetryConfig(environment).isEnabled).toBe(true)
    }
    for (const pod of podsOfComponent(objects, 'service')) {
      const environment = environmentOf(objects, pod)
      const isReward = pod.labels['tandem/kind'] === 'reward'
      expect(pod.main.args).toEqual([isReward ? 'tandem-reward-service' : 'tandem-logit-service'])
      expect(unknown(environment, Object.keys(logitEnvironmentSchema.shape))).toEqual([])
      const config = (isReward ? parseRewardConfig : parseLogitConfig)(environment)
      expect(config).toMatchObject({ listen: '0.0.0.0:7001', healthListen: '0.0.0.0:7080' })
      expect(parseTelemetryConfig(environment).tokenRatio).toBe(0.01)
    }
  })

  test('settings are those of tandem.yaml', () => {
    const settings = {
      end_tokens: ['<a>', 'b,c'],
      cors_origins: ['http://a', 'http://b'],
      max_body_bytes: 2_000_000_000,
    }
    const models = { sft: { settings: { strict: true, kv_bytes: 68_719_476_736 } } }
    const objects = render({ gateway: { settings }, models })
    const [gateway] = podsOfComponent(objects, 'gateway').map((pod) => parseGatewayConfig(environmentOf(objects, pod)))
    expect(gateway).toMatchObject({
      endTokens: settings.end_tokens,
      corsOrigins: settings.cors_origins,
      maxBodyBytes: 2_000_000_000,
    })
    const { data } = find(objects, 'ConfigMap', 'tandem-logit-sft')
    expect(parseLogitConfig({ ...data })).toMatchObject({ strict: true, kvBytes: 68_719_476_736 })
  })

  test('a request has as much time in the services as in the gateway', () => {
    const { data } = find(render(valuesOf('one-node.yaml')), 'ConfigMap', 'tandem-logit-dpo')
    expect(data?.TANDEM_REQUEST_TIMEOUT_MS).toBe('120000')
  })

  test('the gateway has an address for each model, the default reward model first', () => {
    const objects = render(valuesOf('several-pairs.yaml'))
    const { data = {} } = find(objects, 'ConfigMap', 'tandem-gateway')
    const { services, rewards } = parseGatewayConfig({ ...data })
    expect([...services.keys()]).toEqual(['dpo', 'sft', 'dpo_code', 'sft_code'])
    expect([...rewards.keys()]).toEqual(['helpful', 'style-2'])
    for (const [address = ''] of [...services.values(), ...rewards.values()]) {
      const [name = '', ...rest] = address.split('.')
      expect(rest.join('.')).toBe('models.svc.cluster.local:7001')
      expect(find(objects, 'Service', name).spec.clusterIP).toBe('None')
    }
    const swapped = render({ ...valuesOf('several-pairs.yaml'), defaultReward: 'style-2' })
    expect(find(swapped, 'ConfigMap', 'tandem-gateway').data?.TANDEM_REWARDS).toMatch(/^style-2=/)
  })

  test('two versions of a model have one address, and their own releases', () => {
    const objects = render(valuesOf('two versions'))
    const releases = podsOfComponent(objects, 'service').map((pod) => environmentOf(objects, pod).TANDEM_RELEASE)
    expect(releases.sort()).toEqual(['v1', 'v1', 'v2', 'v2'])
    expect(find(objects, 'ConfigMap', 'tandem-gateway').data).not.toHaveProperty('TANDEM_MODELS')
  })

  test('one service can serve both models of a pair, on two ports', () => {
    const objects = render(valuesOf('one service for the pair'))
    const host = 'tandem-logit-dpo.models.svc.cluster.local'
    const { services } = parseGatewayConfig({ ...find(objects, 'ConfigMap', 'tandem-gateway').data })
    expect(Object.fromEntries(services)).toEqual({ sft: [`${host}:7002`], dpo: [`${host}:7001`] })
    const { role, base } = parseLogitConfig({ ...find(objects, 'ConfigMap', 'tandem-logit-dpo').data })
    expect({ role, base }).toEqual({ role: 'dpo', base: { listen: '0.0.0.0:7002', role: 'sft' } })
    expect(find(objects, 'Service', 'tandem-logit-dpo').spec.ports?.map(({ name }) => name)).toContain('grpc-base')
  })

  test('without certificates the processes say that plaintext is wanted', () => {
    const { data } = find(render(valuesOf('plaintext')), 'ConfigMap', 'tandem-logit-sft')
    expect(parseLogitConfig({ ...data }).security).toEqual({ tls: null, allowsPlaintext: true })
  })
})
