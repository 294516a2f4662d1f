import { expect, test } from 'vitest'
import { parseGatewayConfig } from './config.js'

const services = { TANDEM_SFT: '127.0.0.1:7001', TANDEM_DPO: '127.0.0.1:7002' }

test('by default listens on loopback without API keys', () => {
  expect(parseGatewayConfig(services)).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    keys: { keys: [], file: null },
    templateFrom: 'dpo',
  })
})

test('splits API keys at commas', () => {
  expect(parseGatewayConfig({ ...services, TANDEM_API_KEYS: 'one, two,' }).keys.keys).toEqual(['one', 'two'])
})

test('parses the file and the limits of API keys', () => {
  const limits = { TANDEM_KEY_CONCURRENT: '4', TANDEM_KEY_TOKENS_PER_MINUTE: '10000' }
  expect(parseGatewayConfig({ ...services, ...limits, TANDEM_API_KEYS_FILE: '/etc/keys' }).keys).toEqual({
    keys: [],
    file: '/etc/keys',
    defaults: { concurrent: 4, requestsPerMinute: null, tokensPerMinute: 10_000 },
  })
  expect(() => parseGatewayConfig({ ...services, TANDEM_KEY_CONCURRENT: '0' })).toThrow(
    'TANDEM_KEY_CONCURRENT is 0: expected an integer from 1 to 1000000000',
  )
})

test('names every invalid variable', () => {
  expect(() => parseGatewayConfig({ TANDEM_SFT: 'nowhere', TANDEM_PORT: '99999' })).toThrow(
    /TANDEM_SFT must be host:port.*TANDEM_DPO is not set.*TANDEM_PORT is 99999: expected an integer from 0 to 65535/,
  )
})

test('parses additional models with their addresses', () => {
  const parse = (models: string) => parseGatewayConfig({ ...services, TANDEM_MODELS: models }).services
  expect([...parse('')]).toEqual([
    ['dpo', ['127.0.0.1:7002']],
    ['sft', ['127.0.0.1:7001']],
  ])
  expect([...parse(' amateur=127.0.0.1:7003, base=[::1]:7004 ').entries()].slice(2)).toEqual([
    ['amateur', ['127.0.0.1:7003']],
    ['base', ['[::1]:7004']],
  ])
})

test('a model can have several replicas: a list of addresses, or its name several times', () => {
  const { services: found, rewards } = parseGatewayConfig({
    TANDEM_SFT: 'sft-a:1, sft-b:1,',
    TANDEM_DPO: 'dpo:1',
    TANDEM_MODELS: 'base=a:1,other=b:1,base=c:1',
    TANDEM_REWARDS: 'picker=a:1,picker=b:1',
  })
  expect(Object.fromEntries(found)).toEqual({
    dpo: ['dpo:1'],
    sft: ['sft-a:1', 'sft-b:1'],
    base: ['a:1', 'c:1'],
    other: ['b:1'],
  })
  expect([...rewards]).toEqual([['picker', ['a:1', 'b:1']]])
})

test.each([
  ['h:1,nowhere', 'has "nowhere": must be host:port, e.g. 127.0.0.1:7001'],
  ['h:1,h:1', 'has "h:1": the address appears twice'],
  ['', 'must be host:port, e.g. 127.0.0.1:7001'],
  [Array.from({ length: 65 }, (_, i) => `h:${i + 1}`).join(), 'has "h:65": expected at most 64 addresses of one model'],
])('TANDEM_SFT %s is refused', (list, message) => {
  expect(() => parseGatewayConfig({ ...services, TANDEM_SFT: list })).toThrow(`TANDEM_SFT ${message}`)
})

test.each([
  ['amateur', 'has "amateur": must be name=host:port, e.g. amateur=127.0.0.1:7003'],
  ['a=h', 'has "a=h": must be name=host:port, e.g. amateur=127.0.0.1:7003'],
  ['A=h:1', 'has "A=h:1": the name must be a lower-case letter and up to 31 lower-case letters, digits or _'],
  ['dpo=h:1', 'has "dpo=h:1": the name dpo is reserved'],
  ['max=h:1', 'has "max=h:1": the name max is reserved'],
  ['a=h:1,b=h:1,a=h:1', 'has "a=h:1": the address appears twice'],
  [
    Array.from({ length: 65 }, (_, i) => `a=h:${i + 1}`).join(),
    'has "a=h:65": expected at most 64 addresses of one model',
  ],
  [Array.from({ length: 17 }, (_, i) => `m${i}=h:1`).join(), 'names 17 models; expected at most 16 besides the pair'],
])('TANDEM_MODELS %s is refused', (models, message) => {
  expect(() => parseGatewayConfig({ ...services, TANDEM_MODELS: models })).toThrow(`TANDEM_MODELS ${message}`)
})

test('parses end tokens from a JSON list', () => {
  const endTokens = (text: string) => parseGatewayConfig({ ...services, TANDEM_END_TOKENS: text }).endTokens
  expect(endTokens('["<user>", "<|end|>"]')).toEqual(['<user>', '<|end|>'])
  expect(() => endTokens('<user>')).toThrow('TANDEM_END_TOKENS must be a JSON list of tokens, e.g. ["<user>"]')
  expect(() => endTokens('["a", 1]')).toThrow(/TANDEM_END_TOKENS/)
})

test('accepts only single origins, as browsers send them', () => {
  const parse = (origins: string) => parseGatewayConfig({ ...services, TANDEM_CORS_ORIGINS: origins }).corsOrigins
  expect(parseGatewayConfig(services).corsOrigins).toEqual([])
  const good = ['http://localhost:3000', 'https://a.example.com', 'http://[::1]:81', 'tauri://localhost']
  expect(parse(` ${good.join(' , ')},`)).toEqual(good)
  expect(() => parse('*')).toThrow(
    'TANDEM_CORS_ORIGINS.0 "*" would allow every page: expected an origin as browsers send it, scheme://host or scheme://host:port',
  )
  for (const bad of [
    'null',
    'localhost:3000',
    'http://a/',
    'http://a/b',
    'http://A',
    'http://a:80',
    'https://*.a',
    'http://u@a',
  ])
    expect(() => parse(bad)).toThrow(`"${bad}" is not an origin`)
  expect(() => parse(Array(65).fill('http://a').join())).toThrow('TANDEM_CORS_ORIGINS')
})

test('parses reward models with their addresses, in their order', () => {
  const parse = (rewards: string) => [...parseGatewayConfig({ ...services, TANDEM_REWARDS: rewards }).rewards]
  expect(parse('')).toEqual([])
  expect(parse('picker=127.0.0.1:7005,2nd_one-b=[::1]:7006')).toEqual([
    ['picker', ['127.0.0.1:7005']],
    ['2nd_one-b', ['[::1]:7006']],
  ])
})

test.each([
  ['picker', 'has "picker": must be name=host:port, e.g. picker=127.0.0.1:7005'],
  [
    'A=h:1',
    'has "A=h:1": the name must be a lower-case letter or digit and up to 31 lower-case letters, digits, _ or -',
  ],
  ['__proto__=h:1', 'has "__proto__=h:1": the name must be a lower-case letter or digit'],
  ['sft=h:1', 'has "sft=h:1": the name sft is reserved'],
  ['a=h:1,a=h:1', 'has "a=h:1": the address appears twice'],
  [Array.from({ length: 17 }, (_, i) => `m${i}=h:1`).join(), 'names 17 rewards; expected at most 16'],
])('TANDEM_REWARDS %s is refused', (rewards, message) => {
  expect(() => parseGatewayConfig({ ...services, TANDEM_REWARDS: rewards })).toThrow(`TANDEM_REWARDS ${message}`)
})
