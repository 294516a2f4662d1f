import { gatewayEnvironmentSchema } from '@tandem/gateway'
import { logitEnvironmentSchema } from '@tandem/services'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readChart, template, type Values, withoutHelm } from './testing/helm.js'

interface Schema {
  readonly type?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: unknown
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  readonly minimum?: number
  readonly maximum?: number
}

const schema = JSON.parse(readChart('values.schema.json')) as Schema
const defaults = parse(readChart('values.yaml')) as Values
const isMap = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)
const resolve = (node: Schema | undefined): Schema =>
  node?.$ref ? resolve(schema.$defs?.[node.$ref.replace('#/$defs/', '')]) : (node ?? {})

/** Adds a misspelt key to each map whose keys are known, and collects where. */
function misspell(values: Values, node: Schema, path: string, places: string[]): Values {
  const known = resolve(node)
  const entries = Object.entries(values).map(([key, value]) => {
    const inner =
      known.properties?.[key] ?? (isMap(known.additionalProperties) ? known.additionalProperties : undefined)
    return [key, isMap(value) && inner ? misspell(value, inner as Schema, `${path}/${key}`, places) : value]
  })
  if (known.additionalProperties !== false) return Object.fromEntries(entries)
  places.push(path)
  return { ...Object.fromEntries(entries), misspelt: 1 }
}

/** Settings that the chart writes by itself, from other values. */
const ofChart = /^TANDEM_(SFT|DPO|MODELS|REWARDS|TLS_\w+|INSECURE_GRPC|HOST|PORT|API_KEYS(_FILE)?|TRACE)$/
const ofServices =
  /^TANDEM_(MODEL|ROLE|RELEASE|\w*LISTEN|BASE_ROLE|LOCAL_SERVICES|TLS_\w+|INSECURE_GRPC|REQUEST_TIMEOUT_MS)$/
const settings = [
  ['gatewaySettings', gatewayEnvironmentSchema.shape, ofChart],
  ['serviceSettings', logitEnvironmentSchema.shape, ofServices],
] as const

test.each(settings)('%s has the settings of the process, with its limits', (name, shape, own) => {
  const properties = schema.$defs?.[name]?.properties ?? {}
  const keys = Object.keys(shape).filter((variable) => !own.test(variable))
  const keyOf = (variable: string) => (variable === 'TANDEM_PAIR' ? 'name' : variable.slice(7).toLowerCase())
  expect(Object.keys(properties).sort()).toEqual(keys.map(keyOf).sort())
  for (const variable of keys) {
    const { type, minimum, maximum } = properties[keyOf(variable)] ?? {}
    if (type !== 'integer') continue
    const ofProcess = z.toJSONSchema((shape as Record<string, z.ZodType>)[variable] ?? z.never(), { io: 'input' })
    expect({ variable, minimum, maximum }).toMatchObject({ minimum: ofProcess.minimum, maximum: ofProcess.maximum })
  }
})

test('every map of the schema says which keys it has', () => {
  const open: string[] = []
  const visit = (node: unknown, path: string): void => {
    if (!isMap(node)) return
    if (isMap(node.properties) && node.additionalProperties !== false) open.push(path)
    for (const [key, inner] of Object.entries(node)) visit(inner, `${path}/${key}`)
  }
  visit(schema, '')
  expect(open).toEqual([])
})

describe.skipIf(withoutHelm)(`values that the chart refuses${withoutHelm}`, () => {
  test('every misspelt value is refused by its name and its place', () => {
    const places: string[] = []
    const { code, output } = template(misspell(defaults, schema, '', places))
    expect(code).toBe(1)
    expect(places.length).toBeGreaterThan(40)
    const unnamed = places.filter(
      (path) => !output.includes(`at '${path}': additional properties 'misspelt' not allowed`),
    )
    expect(unnamed).toEqual([])
  })

  test.each<[string, Values, string]>([
    ['a setting', { gateway: { settings: { max_concurent: 4 } } }, "'max_concurent' not allowed"],
    ['a wrong type', { gateway: { replicas: 'two' } }, "at '/gateway/replicas': got string, want integer"],
    ['a name', { models: { 'My Model': {} } }, "'My Model' does not match pattern"],
    ['no DPO model', { models: { dpo: null } }, 'models has no entry with the role dpo and kind logit'],
    [
      'a source without a model',
      { models: { sft: { source: { type: 'pvc' } } } },
      'models.sft.source.pvc.claimName is empty, but source.type is pvc: name the model',
    ],
    [
      'a drain that ends answers',
      { gateway: { settings: { drain_ms: 5000 } } },
      'gateway.settings.drain_ms is 5000, but a request may take 300000',
    ],
    [
      'open metrics',
      { networkPolicy: { enabled: false } },
      'set metrics.keySecret, networkPolicy.enabled, or metrics.enabled: false',
    ],
    [
      'zero replicas without KEDA',
      { autoscaling: { mode: 'cpu', minReplicas: 0 } },
      'autoscaling.minReplicas is 0 and mode is cpu: only keda can scale to zero',
    ],
    ['KEDA without Prometheus', { autoscaling: { mode: 'keda' } }, 'autoscaling.keda.serverAddress is empty'],
    ['no certificates', { tls: { mode: 'secrets' } }, 'but tls.mode is secrets: name a Secret'],
    [
      'a base besides an SFT model',
      { models: { dpo: { base: 'sft' } } },
      'models.dpo.base is sft: expected the role dpo',
    ],
    ['an unknown default', { defaultReward: 'other' }, 'defaultReward is other, but no entry of models has that role'],
    [
      'a hyphen in a logit model',
      { models: { 'a-b': { source: { image: { path: '/m' } } } } },
      'models.a-b has the role "a-b": expected a lower-case letter',
    ],
    [
      'two entries with one Deployment',
      {
        models: {
          a_b: { kind: 'reward', source: { image: { path: '/m' } } },
          'a-b': { kind: 'reward', source: { image: { path: '/m' } } },
        },
      },
      'rename one of them',
    ],
  ])('%s', (_, values, message) => {
    const { code, output } = template(values)
    expect(code).toBe(1)
    expect(output).toContain(message)
  })
})
