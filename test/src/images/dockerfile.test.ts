import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mallocEnvironment } from '@tandem/cli'
import { parseGatewayConfig } from '@tandem/gateway'
import { parseLogitConfig } from '@tandem/services'
import { validate } from 'dockerfile-utils'
import { expect, test } from 'vitest'
import { repositoryFolder } from '../support/fixtures.js'
import { findUnknown } from './known-variables.js'
import { readDockerfile, readStages, type Stage } from './stages.js'

const images = ['gateway', 'service', 'cli']
const stages = readStages(readDockerfile('Dockerfile'))
const stage = (name: string): Stage => {
  const found = stages.get(name)
  if (!found) throw new Error(`the Dockerfile has no stage ${name}; found ${[...stages.keys()].join(', ')}`)
  return found
}

interface RootManifest {
  readonly version: string
  readonly workspaces: readonly string[]
}
const root = JSON.parse(readFileSync(join(repositoryFolder, 'package.json'), 'utf8')) as RootManifest

test.each(['Dockerfile', 'models.Dockerfile'])('%s has no fault that a linter finds', (name) => {
  expect(validate(readDockerfile(name)).map(({ message }) => message)).toEqual([])
})

test('the base is one tag of Node, which an argument replaces', () => {
  expect(stage('').all('ARG')).toEqual(['BASE=node:24-bookworm-slim', 'SERVICE_BASE=base'])
  expect(stage('base').all('FROM')).toEqual([`\${BASE} AS base`])
  expect(stage('gateway').all('FROM')).toEqual(['base AS gateway'])
  expect(stage('service').all('FROM')).toEqual([`\${SERVICE_BASE} AS service`])
})

test.each(images)('the image %s runs as a user without privileges, with labels and a health check', (name) => {
  const image = stage(name)
  expect(image.all('USER')).toEqual(['1000:1000'])
  expect(image.all('HEALTHCHECK')).toHaveLength(1)
  expect(image.all('ARG')).toContain(`VERSION=${root.version}`)
  expect(image.properties('LABEL')).toMatchObject({
    'org.opencontainers.image.title': `tandem-${name}`,
    'org.opencontainers.image.licenses': 'Apache-2.0',
    'org.opencontainers.image.version': `\${VERSION}`,
    'org.opencontainers.image.revision': `\${REVISION}`,
  })
})

test.each(images)('the image %s sets no variable that its programs do not read', (name) => {
  expect(findUnknown(name, stage(name).properties('ENV'))).toEqual([])
})

test('the variables of the images are valid settings', () => {
  const others = { TANDEM_SFT: 'sft:7001', TANDEM_DPO: 'dpo:7001' }
  expect(parseGatewayConfig({ ...stage('gateway').properties('ENV'), ...others })).toMatchObject({
    host: '0.0.0.0',
    port: 8080,
  })
  const service = { ...stage('service').properties('ENV'), TANDEM_ROLE: 'sft' }
  expect(parseLogitConfig(service)).toMatchObject({ listen: '0.0.0.0:7001', model: '/models' })
})

test.each(['gateway', 'service'])('the image %s has the malloc settings of tandem up', (name) => {
  expect(stage(name).properties('ENV')).toMatchObject(mallocEnvironment)
})

test('npm sees every workspace before it installs', () => {
  const copied = stage('manifests').all('COPY').slice(1)
  expect(copied.sort()).toEqual(root.workspaces.map((name) => `${name}/package.json ${name}/`).sort())
})

test('the context of the build has every workspace', () => {
  const lines = readFileSync(join(repositoryFolder, '.dockerignore'), 'utf8').split('\n')
  const isMissing = (name: string) => !lines.includes(`!${name}`) && !lines.includes(`!${name}/package.json`)
  expect(lines).toContain('*')
  expect(root.workspaces.filter(isMissing)).toEqual([])
})

test('the gateway gets neither the services nor the models', () => {
  const [install = ''] = stage('gateway-dependencies').all('RUN')
  expect(install).toContain('-w @tandem/gateway')
  const copied = stage('gateway').all('COPY')
  expect(copied.filter((what) => /\/(services|models|cli)\b|service-dep|cli-dep/.test(what))).toEqual([])
})
