import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Certificate, createAuthority, issue, writeCertificates } from '@tandem/process/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repositoryFolder, tinyFolder } from './support/fixtures.js'
import { complete } from './support/rest.js'
import type { Stack } from './support/stack.js'
import { startTinyStack } from './support/tiny-stack.js'

/**
 * gRPC with TLS between the built programs. They use 0.0.0.0, which counts as an address of another
 * machine and can be connected to on this one.
 */

const body = { model: 'tiny', messages: [{ role: 'user', content: 'alignment aware decoding' }], max_tokens: 24 }
let authority: Certificate
/** A stack without TLS. */
let plain: Stack
/** A stack with certificates for its address. */
let secure: Stack
const cleanups: (() => unknown)[] = []
beforeAll(async () => {
  authority = await createAuthority()
  plain = await start({ TANDEM_INSECURE_GRPC: '1' })
  secure = await start(await certificates('0.0.0.0'))
})
afterAll(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(env: Record<string, string>): Promise<Stack> {
  const stack = await startTinyStack({ listen: '0.0.0.0:0', env })
  cleanups.push(stack.stop)
  return stack
}

async function certificates(...names: string[]): Promise<Record<string, string>> {
  const folder = writeCertificates(authority, await issue(authority, { names }))
  cleanups.push(folder.remove)
  return folder.environment
}

const startNamed = async () =>
  start({ ...(await certificates('tandem-services')), TANDEM_TLS_SERVER_NAME: 'tandem-services' })

test.each([
  ['the address', async () => secure],
  ['TANDEM_TLS_SERVER_NAME', startNamed],
])('a stack answers the same over TLS with certificates for %s', async (_, open) => {
  const expected = await complete(plain.url, '/v1/chat/completions', body)
  const stack = await open()
  expect(await complete(stack.url, '/v1/chat/completions', body)).toEqual(expected)
})

/** Runs a program that ends by itself, and returns its exit code and its stderr. */
async function runToEnd(script: string, env: Record<string, string>): Promise<{ code: unknown; errors: string }> {
  const child = fork(join(repositoryFolder, script), { env: { ...process.env, ...env }, execArgv: [], silent: true })
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += String(chunk)
  })
  const [code] = await once(child, 'close')
  return { code, errors }
}

test('a service that others can reach does not start without TLS', async () => {
  const env = { TANDEM_MODEL: tinyFolder('llama-tied'), TANDEM_ROLE: 'sft', TANDEM_LISTEN: '0.0.0.0:0' }
  for (const script of ['services/dist/logit/main.js', 'services/dist/reward/main.js']) {
    const { code, errors } = await runToEnd(script, env)
    expect(code).toBe(1)
    expect(errors).toContain('TANDEM_LISTEN is 0.0.0.0:0, which other machines can reach, and there is no TLS')
  }
})

test('a gateway does not start without TLS if a service is elsewhere', async () => {
  const { code, errors } = await runToEnd('gateway/dist/main.js', {
    TANDEM_SFT: '10.255.0.1:7001',
    TANDEM_DPO: '127.0.0.1:7002',
    TANDEM_REWARDS: 'picker=10.255.0.1:7003',
    TANDEM_PORT: '0',
  })
  expect(code).toBe(1)
  expect(errors).toContain('TANDEM_SFT names the service at 10.255.0.1:7001, which may be on another machine')
  expect(errors).toContain('TANDEM_REWARDS names the service at 10.255.0.1:7003')
})

test('TANDEM_INSECURE_GRPC allows plaintext elsewhere', async () => {
  expect((await complete(plain.url, '/v1/chat/completions', body)).tokenIds.length).toBeGreaterThan(0)
})

test('a gateway whose certificate the services refuse does not start, and says why', async () => {
  const other = await createAuthority('Other authority')
  const folder = writeCertificates(authority, await issue(other))
  cleanups.push(folder.remove)
  const { code, errors } = await runToEnd('gateway/dist/main.js', {
    ...folder.environment,
    TANDEM_SFT: secure.addresses.sft,
    TANDEM_DPO: secure.addresses.dpo,
    TANDEM_PORT: '0',
    TANDEM_START_TIMEOUT_MS: '10000',
  })
  expect(code).toBe(1)
  expect(errors).toContain("it refuses this gateway's certificate: expected one that has not expired and is signed by")
})
