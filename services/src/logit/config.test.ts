import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { parseLogitConfig } from './config.js'

const required = { TANDEM_MODEL: '/models/tiny', TANDEM_ROLE: 'sft' }

test('needs only a model and a role, and ignores unknown variables', () => {
  const config = parseLogitConfig({ ...required, TANDEM_HOME: '/cache', PATH: '/bin' })
  expect(config).toMatchObject({
    model: '/models/tiny',
    role: 'sft',
    listen: '127.0.0.1:0',
    devices: [{ kind: 'cpu', unit: 0 }],
    sessionTtlMs: 300_000,
    maxSessions: 64,
    maxQueue: 256,
    maxBatch: 16,
    prefillChunk: 96,
    strict: false,
    reflection: false,
    logLevel: 'info',
  })
  expect(config.threads).toBeGreaterThanOrEqual(1)
  expect(config.kvBytes).toBeGreaterThan(2 ** 20)
})

test('names all wrong variables in one error', () => {
  expect(() =>
    parseLogitConfig({
      TANDEM_ROLE: 'sft',
      TANDEM_THREADS: 'many',
      TANDEM_LISTEN: 'localhost',
      TANDEM_REFLECTION: 'yes',
    }),
  ).toThrow(
    /^TANDEM_MODEL is not set: name a model folder.*TANDEM_LISTEN is "localhost": expected host:port.*TANDEM_THREADS .*TANDEM_REFLECTION /,
  )
})

test('refuses the same role for both models of a pair', () => {
  const base = { ...required, TANDEM_BASE_LISTEN: '127.0.0.1:0' }
  expect(parseLogitConfig({ ...base, TANDEM_ROLE: 'dpo' })).toMatchObject({ role: 'dpo', base: { role: 'sft' } })
  expect(() => parseLogitConfig(base)).toThrow('TANDEM_ROLE and TANDEM_BASE_ROLE are both "sft"')
})

test('strict is 0 or 1', () => {
  expect(parseLogitConfig({ ...required, TANDEM_STRICT: '1' }).strict).toBe(true)
  expect(() => parseLogitConfig({ ...required, TANDEM_STRICT: 'yes' })).toThrow('TANDEM_STRICT')
})

test.each(['127.0.0.1:7001', '[::1]:7001', '0.0.0.0:0', 'sft-0.sft.svc:50051'])(
  'accepts %s as an address to listen on',
  (listen) => {
    expect(parseLogitConfig({ ...required, TANDEM_LISTEN: listen }).listen).toBe(listen)
  },
)

test.each([
  ['TANDEM_THREADS', '0'],
  ['TANDEM_THREADS', '1.5'],
  ['TANDEM_KV_BYTES', '-1'],
  ['TANDEM_MAX_SESSIONS', ''],
  ['TANDEM_MAX_BATCH', '65'],
  ['TANDEM_PREFILL_CHUNK', '1e9'],
])('refuses %s=%s', (name, value) => {
  expect(() => parseLogitConfig({ ...required, [name]: value })).toThrow(name)
})

test('parses devices in their order, and refuses unknown ones', () => {
  const devicesOf = (text: string) => parseLogitConfig({ ...required, TANDEM_DEVICE: text }).devices
  expect(devicesOf('webgpu')).toEqual([{ kind: 'webgpu', unit: 0 }])
  expect(devicesOf('cuda:1, cpu')).toEqual([
    { kind: 'cuda', unit: 1 },
    { kind: 'cpu', unit: 0 },
  ])
  for (const wrong of ['gpu', '', 'cpu:1', 'webgpu,', 'cuda:x'])
    expect(() => devicesOf(wrong)).toThrow(`TANDEM_DEVICE is "${wrong}": expected cpu, webgpu, cuda or cuda:N`)
})

test('uses shares of the machine for threads and memory that are not set', () => {
  const configFor = (services: string) => parseLogitConfig({ ...required, TANDEM_LOCAL_SERVICES: services })
  const alone = configFor('1')
  expect(alone.threads).toBe(availableParallelism())
  expect(parseLogitConfig(required)).toMatchObject(configFor('2'))
  expect(configFor('3')).toMatchObject({
    threads: Math.max(1, Math.floor(alone.threads / 3)),
    kvBytes: Math.floor(alone.kvBytes / 3),
  })
  expect(parseLogitConfig({ ...required, TANDEM_LOCAL_SERVICES: '3', TANDEM_THREADS: '7' }).threads).toBe(7)
})
