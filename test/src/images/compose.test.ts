import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseGatewayConfig } from '@tandem/gateway'
import { parseLogitConfig, parseRewardConfig } from '@tandem/services'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { repositoryFolder } from '../support/fixtures.js'
import { findUnknown } from './known-variables.js'
import { dockerFolder, readDockerfile, readStages } from './stages.js'

interface ComposeService {
  readonly image: string
  readonly build: { readonly target: string }
  readonly command?: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly networks?: readonly string[]
  readonly volumes?: readonly string[]
}

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>
}

const text = readFileSync(join(dockerFolder, 'compose.yaml'), 'utf8')
const { services, networks } = parse(text, { merge: true }) as Compose
const entries = Object.entries(services)
const stages = readStages(readDockerfile('Dockerfile'))
/** Keys in the environment of compose are replaced, as a shell with one key would. */
const shell = (value: string) => value.replace(/\$\{TANDEM_API_KEYS:\?[^}]*\}/, 'key')

/** Returns the environment of a container: that of its image, then that of compose. */
const environmentOf = ({ build, environment }: ComposeService): Record<string, string> => ({
  ...stages.get(build.target)?.properties('ENV'),
  ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, shell(value)])),
})

test('there is a gateway, a service for each model, and a job that builds the models', () => {
  expect(entries.map(([name, { build }]) => [name, build.target])).toEqual([
    ['models', 'cli'],
    ['sft', 'service'],
    ['dpo', 'service'],
    ['picker', 'service'],
    ['gateway', 'gateway'],
  ])
})

test.each(entries)('%s uses the image of this version', (_, { image, build }) => {
  const { version } = JSON.parse(readFileSync(join(repositoryFolder, 'package.json'), 'utf8')) as { version: string }
  expect(image).toBe(`tandem-${build.target}:\${TANDEM_TAG:-${version}}`)
})

test.each(entries)('%s has no privileges', (_, service) => {
  expect(service).toMatchObject({
    user: '1000:1000',
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
  })
})

test.each(entries)('%s sets only variables that its program reads', (_, { build, environment }) => {
  expect(findUnknown(build.target, environment)).toEqual([])
})

test('every process accepts its environment', () => {
  const { sft, dpo, picker, gateway } = services
  if (!sft || !dpo || !picker || !gateway) throw new Error(`a service is missing; found ${Object.keys(services)}`)
  expect(parseLogitConfig(environmentOf(sft))).toMatchObject({ role: 'sft', model: '/models/sft' })
  expect(parseLogitConfig(environmentOf(dpo))).toMatchObject({ role: 'dpo', model: '/models/dpo' })
  expect(parseRewardConfig(environmentOf(picker))).toMatchObject({ model: '/models/picker' })
  const config = parseGatewayConfig(environmentOf(gateway))
  expect(config.keys.keys).toEqual(['key'])
  const addresses = [...config.services.values(), ...config.rewards.values()].flat()
  expect(addresses.sort()).toEqual(['dpo:7001', 'picker:7001', 'sft:7001'])
})

test('the services start after the models are built, and the gateway after the services are healthy', () => {
  for (const name of ['sft', 'dpo', 'picker'])
    expect(services[name]?.depends_on).toEqual({ models: { condition: 'service_completed_successfully' } })
  const healthy = { condition: 'service_healthy' }
  expect(services.gateway?.depends_on).toEqual({ sft: healthy, dpo: healthy, picker: healthy })
})

test('the services, whose gRPC has no TLS, are in a network without a way out', () => {
  for (const name of ['sft', 'dpo', 'picker']) expect(services[name]?.networks).toEqual(['services'])
  expect(networks.services).toEqual({ internal: true })
})
