import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LoadedSettings, labelOf, loadSettings } from './load-settings.js'
import { overlayEnvironment } from './overlay-environment.js'
import type { UpFlags } from './read-flags.js'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-settings-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const write = (text: string, name = 'tandem.yaml') => writeFile(join(folder, name), text)
const load = (flags: UpFlags = {}, environment: NodeJS.ProcessEnv = {}) => loadSettings(flags, environment, folder)
const ofPair = ({ settings: { pair, sft, dpo } }: LoadedSettings) =>
  Object.fromEntries(Object.entries({ pair, sft, dpo }).filter(([, value]) => value !== undefined))

describe('precedence', () => {
  it('uses defaults if nothing is set, and leaves some values to the processes', async () => {
    const { settings, entries } = await load()
    expect(settings).toMatchObject({
      pair: 'smollm2-135m-adherence',
      host: '127.0.0.1',
      port: 8080,
      max_concurrent: 16,
      replicas: 1,
    })
    expect(settings).toMatchObject({ models: {}, api_keys: [], cors_origins: [], end_tokens: [], strict: false })
    expect(entries.get('port')).toEqual({ value: 8080, origin: { kind: 'default', at: 'default' } })
    for (const key of ['threads', 'kv_bytes', 'name', 'precision']) expect(entries.has(key)).toBe(false)
  })

  it('adds the picker of a catalog pair, unless another model has that name', async () => {
    const { entries, settings } = await load()
    expect(settings.rewards.picker?.source).toMatch(/smollm2-135m-adherence-picker$/)
    expect(entries.get('rewards.picker')?.origin.kind).toBe('default')
    const other = await load({ reward: [{ name: 'picker', source: 'mine' }] })
    expect(other.settings.rewards).toEqual({ picker: { source: 'mine' } })
    await write('rewards:\n  b: grpc://h:1\n')
    const behind = await load({ reward: [{ name: 'z', source: 'mine' }] }, { TANDEM_REWARDS: 'a=h:1' })
    expect(Object.keys(behind.settings.rewards)).toEqual(['z', 'b', 'a', 'picker'])
    await write('')
    expect((await load({ sft: 'a', dpo: 'b' })).settings.rewards).toEqual({})
  })

  it('prefers the command line to the file, the file to the environment, and that to the default', async () => {
    await write('host: 127.0.0.3\nport: 3\n\nmax_concurrent: 3\n')
    const environment = {
      TANDEM_HOST: '127.0.0.2',
      TANDEM_PORT: '2',
      TANDEM_MAX_CONCURRENT: '2',
      TANDEM_MAX_BATCH: '2',
    }
    const loaded = await load({ port: 4 }, environment)
    expect(loaded.settings).toMatchObject({
      port: 4,
      host: '127.0.0.3',
      max_concurrent: 3,
      max_batch: 2,
      max_queue: 256,
    })
    const at = (key: string) => loaded.entries.get(key)?.origin
    expect(at('port')).toEqual({ kind: 'flag', at: '--port' })
    expect(at('host')).toEqual({ kind: 'file', at: 'tandem.yaml:1' })
    expect(at('max_concurrent')).toEqual({ kind: 'file', at: 'tandem.yaml:4' })
    expect(at('max_batch')).toEqual({ kind: 'environment', at: 'TANDEM_MAX_BATCH' })
    expect([labelOf(loaded, 'port'), labelOf(loaded, 'host')]).toEqual(['--port', 'tandem.yaml:1: host'])
  })

  it('merges additional models name by name', async () => {
    await write('models:\n  base: grpc://10.0.0.1:1\n  amateur: grpc://10.0.0.1:2\n')
    const environment = { TANDEM_MODELS: 'base=10.0.0.9:1, other=10.0.0.9:3', TANDEM_SFT: '10.0.0.9:4' }
    const loaded = await load({ model: [{ name: 'amateur', source: 'here' }], dpo: 'd' }, environment)
    expect(ofPair(loaded)).toEqual({ sft: 'grpc://10.0.0.9:4', dpo: 'd' })
    expect(loaded.settings.models).toEqual({
      base: { source: 'grpc://10.0.0.1:1' },
      amateur: { source: 'here' },
      other: { source: 'grpc://10.0.0.9:3' },
    })
    expect(['models.amateur', 'models.base', 'models.other'].map((key) => labelOf(loaded, key))).toEqual([
      '--model amateur',
      'tandem.yaml:2: models.base',
      'TANDEM_MODELS',
    ])
  })

  it('a pair replaces two models of a weaker origin, and two models replace a pair', async () => {
    await write('sft: a\ndpo: b\n')
    expect(ofPair(await load({ pair: 'p' }))).toEqual({ pair: 'p' })
    await write('pair: p\n')
    expect(ofPair(await load({ sft: 'a', dpo: 'b' }))).toEqual({ sft: 'a', dpo: 'b' })
    await write('sft: a\ndpo: b\n')
    expect(ofPair(await load({ dpo: 'c' }))).toEqual({ sft: join(folder, 'a'), dpo: 'c' })
  })
})

describe('the file', () => {
  it('can have every setting', async () => {
    const text = `
sft: models/sft
dpo: grpc://10.0.0.2:7002
models:
  amateur: ../small
  base: { source: lora, base: weights.gguf, precision: fp32 }
rewards:
  picker: /reward
precision: int8
paired: false
name: mine
template_from: sft
end_tokens: ["<user>", "<|end|>"]
host: 127.0.0.1
port: 0
api_keys: [one, two]
tls_ca: tls/ca.crt
tls_cert: /tls/tls.crt
tls_key: ../tls.key
insecure_grpc: true
threads: 2
kv_bytes: 1000000
strict: true
log_level: warn
request_timeout_ms: 1000
`
    await mkdir(join(folder, 'deploy'))
    await write(text, 'deploy/it.yaml')
    const { settings } = await load({ config: 'deploy/it.yaml' })
    expect(settings).toMatchObject({
      sft: join(folder, 'deploy/models/sft'),
      dpo: 'grpc://10.0.0.2:7002',
      models: {
        amateur: { source: join(folder, 'small') },
        base: { source: join(folder, 'deploy/lora'), base: join(folder, 'deploy/weights.gguf'), precision: 'fp32' },
      },
      rewards: { picker: { source: '/reward' } },
      ...{ precision: 'int8', paired: false, name: 'mine', template_from: 'sft', end_tokens: ['<user>', '<|end|>'] },
      ...{ host: '127.0.0.1', port: 0, api_keys: ['one', 'two'], threads: 2, kv_bytes: 1_000_000, strict: true },
      ...{ log_level: 'warn', request_timeout_ms: 1000, insecure_grpc: true },
      tls_ca: join(folder, 'deploy/tls/ca.crt'),
      tls_cert: '/tls/tls.crt',
      tls_key: join(folder, 'tls.key'),
    })
  })

  it('can have services with several replicas', async () => {
    await write('sft: grpc://a:1,b:1\ndpo: d\nmodels:\n  m: grpc://a:2,grpc://b:2\nreplicas: 3\n')
    const { settings } = await load()
    expect(settings).toMatchObject({
      sft: 'grpc://a:1,b:1',
      models: { m: { source: 'grpc://a:2,grpc://b:2' } },
      replicas: 3,
    })
    expect((await load({ replicas: 2 })).settings.replicas).toBe(2)
  })

  it('can be empty', async () => {
    await write('# nothing yet\n')
    expect((await load()).settings.port).toBe(8080)
  })

  it('can name the variable that has the keys', async () => {
    await write('api_keys: { environment: MY_KEYS }\n')
    const { settings, entries } = await load({}, { MY_KEYS: 'a, b,', TANDEM_API_KEYS: 'c' })
    expect(settings.api_keys).toEqual(['a', 'b'])
    expect(entries.get('api_keys')?.origin.at).toBe('tandem.yaml:1')
    await expect(load()).rejects.toThrow(
      'tandem.yaml:1: api_keys names the variable MY_KEYS, which has no keys; set it to key1,key2',
    )
  })

  it.each([
    ['port: 1\nmax_concurent: 3', 'tandem.yaml:2: unknown key "max_concurent"; did you mean "max_concurrent"?'],
    ['templateFrom: sft', 'tandem.yaml:1: unknown key "templateFrom"; did you mean "template_from"?'],
    ['colour: red', 'tandem.yaml:1: unknown key "colour"; the keys are pair, sft, dpo, models, '],
    ['models:\n  a:\n    source: x\n    bse: y', 'tandem.yaml:4: unknown key "bse" in models.a; did you mean "base"?'],
    ['\nport: "80"', 'tandem.yaml:2: port is "80": expected a number'],
    ['port: 70000', 'tandem.yaml:1: port is 70000: expected an integer from 0 to 65535'],
    ['replicas: 17', 'tandem.yaml:1: replicas is 17: expected an integer from 1 to 16'],
    ['replicas: 0', 'tandem.yaml:1: replicas is 0: expected an integer from 1 to 16'],
    ['port: 1.5', 'tandem.yaml:1: port is 1.5: expected an integer from 0 to 65535'],
    ['strict: 1', 'tandem.yaml:1: strict is 1: expected true or false'],
    ['port:', 'tandem.yaml:1: port is null: expected a number'],
    ['precision: int3', 'tandem.yaml:1: precision is "int3": expected one of "fp32", '],
    ['models:\n  ok: x\n  dpo: y', 'tandem.yaml:3: models.dpo is "y": the name "dpo" is a model of the pair'],
    ['port: 1\nmodels:\n  __proto__: x', 'tandem.yaml:3: the key "__proto__" is not allowed; remove it'],
    ['models: { a: { source: x, "__proto__": { base: y } } }', 'tandem.yaml:1: the key "__proto__" is not allowed'],
    ['rewards:\n  constructor: 1', 'tandem.yaml:2: rewards.constructor is 1: expected a source'],
    ['__proto__: 1', 'tandem.yaml:1: the key "__proto__" is not allowed'],
    ['rewards:\n  A: x', 'tandem.yaml:2: rewards.A is "x": the name must be a lower-case letter or digit and'],
    ['models:\n  a: 5', 'tandem.yaml:2: models.a is 5: expected a source, or {source: ..., base: ...}'],
    [
      'api_keys: secret',
      'tandem.yaml:1: api_keys: expected a list of keys, or {environment: NAME} to read them from a variable',
    ],
    ['api_keys: { env: A }', 'tandem.yaml:1: api_keys: expected a list of keys, or {environment: NAME}'],
    ['end_tokens: <user>', 'tandem.yaml:1: end_tokens is "<user>": expected a list'],
    [
      'cors_origins: [http://a, "*"]',
      'tandem.yaml:1: cors_origins.1 is "*": "*" would allow every page: expected an origin',
    ],
    ['- port: 1', 'tandem.yaml:1: expected keys with values, e.g. "port: 8080"'],
    ['port: 1\nport: 2', 'tandem.yaml:2: this is not valid YAML: Map keys must be unique'],
    ['device: gpu', 'tandem.yaml:1: device is "gpu": expected cpu, webgpu, cuda or cuda:N, or a list in the order'],
    ['telemetry:\n  endpont: x', 'tandem.yaml:2: unknown key "telemetry.endpont"; did you mean "telemetry.endpoint"?'],
    [
      'telemetry: { colour: x }',
      'unknown key "telemetry.colour"; the keys are telemetry.endpoint, telemetry.protocol, ',
    ],
    ['telemetry.content: true', 'unknown key "telemetry.content"; write "telemetry: { content: ... }"'],
    ['telemetri: {}', 'tandem.yaml:1: unknown key "telemetri"; did you mean "telemetry"?'],
    ['telemetry: secret', 'tandem.yaml:1: telemetry: expected an object'],
    [
      'telemetry:\n  content: false\n  endpoint: 127.0.0.1:4317',
      'tandem.yaml:3: telemetry.endpoint is "127.0.0.1:4317": expected the http or https address of an OTLP collector',
    ],
    [
      'telemetry: { protocol: http }',
      'telemetry.protocol is "http": expected one of "grpc", "http/protobuf", "http/json"',
    ],
    ['telemetry: { sample_ratio: 5 }', 'telemetry.sample_ratio is 5: expected a number from 0 to 1'],
    ['telemetry: { metrics: 9464 }', 'telemetry.metrics is 9464: expected "off", or host:port for the gateway'],
    ['telemetry: { metrics: "h:70000" }', 'telemetry.metrics is "h:70000": expected "off", or host:port'],
    ['host: [', 'tandem.yaml:1: this is not valid YAML: '],
    ['host: *there', 'tandem.yaml: an alias (*name) has no anchor (&name) before it'],
    ['a: 1\n---\nb: 2', 'tandem.yaml:2: this is not valid YAML: '],
  ])('refuses %j', async (text, message) => {
    await write(text)
    await expect(load()).rejects.toThrow(message)
  })

  it('reports all errors at once, and never shows a key', async () => {
    await write('port: x\napi_keys: [secret-a, "secret,b"]\nhosts: y\n')
    const error = await load().catch((fault: unknown) => String(fault))
    expect(error).toContain('tandem.yaml:1: port')
    expect(error).toContain(
      'tandem.yaml:2: api_keys.1: a key must not be empty, contain a comma, or begin or end with a space',
    )
    expect(error).toContain('tandem.yaml:3: unknown key "hosts"; did you mean "host"?')
    expect(error).not.toContain('secret')
  })

  it.each([
    ['headers: secret', 'telemetry.headers: expected an object'],
    ['headers: { a: [secret] }', 'telemetry.headers.a: expected a string'],
    ['headers: { a: "secret\\n" }', 'telemetry.headers.a: expected a text of printable ASCII characters'],
    ['headers: { "a b": secret }', 'telemetry.headers.a b: the name must be the name of a header'],
    [
      'endpoint: http://me:secret@h',
      'telemetry.endpoint: must not hold a user name or a password: write them as headers',
    ],
  ])('refuses %j of telemetry without its value', async (text, message) => {
    await write(`telemetry: { ${text} }\n`)
    const error = await load().catch(String)
    expect(error).toContain(message)
    expect(error).not.toContain('secret')
  })

  it('must exist if it is named', async () => {
    await expect(load({ config: 'none.yaml' })).rejects.toThrow('--config none.yaml: the file does not exist')
    await expect(load({ config: '.' })).rejects.toThrow('--config . is a folder: expected a settings file')
  })
})

describe('the environment', () => {
  it.each([
    ['TANDEM_PORT', 'x', 'TANDEM_PORT is "x": expected an integer from 0 to 65535'],
    ['TANDEM_DEVICE', 'cpu,', 'TANDEM_DEVICE is "cpu,": expected cpu, webgpu, cuda or cuda:N'],
    ['TANDEM_STRICT', 'yes', 'TANDEM_STRICT is "yes": expected one of "0", "1"'],
    ['TANDEM_SFT', 'nowhere', 'TANDEM_SFT is "nowhere": must be host:port, e.g. 127.0.0.1:7001'],
    ['TANDEM_MODELS', 'amateur', 'TANDEM_MODELS is "amateur": has "amateur": must be name=host:port'],
    ['TANDEM_TRACE_TOKENS', '2', 'TANDEM_TRACE_TOKENS is 2: expected a number from 0 to 1'],
    ['TANDEM_TRACE_TOKENS', 'all', 'TANDEM_TRACE_TOKENS is "all": expected a number from 0 to 1'],
    ['TANDEM_TELEMETRY_CONTENT', 'yes', 'TANDEM_TELEMETRY_CONTENT is "yes": expected one of "0", "1"'],
    ['TANDEM_METRICS_LISTEN', '9464', 'TANDEM_METRICS_LISTEN is "9464": expected "off", or host:port'],
    ['TANDEM_REWARDS', 'sft=h:1', 'has "sft=h:1": the name sft is reserved'],
    ['TANDEM_CORS_ORIGINS', 'localhost', 'TANDEM_CORS_ORIGINS is "localhost": "localhost" is not an origin'],
    ['TANDEM_END_TOKENS', '<user>', 'TANDEM_END_TOKENS is "<user>": must be a JSON list of tokens'],
  ])('refuses %s=%s', async (variable, text, message) => {
    await expect(load({}, { [variable]: text })).rejects.toThrow(message)
  })

  it('of OpenTelemetry is read like the file, if it means what a key can say', async () => {
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=a%2Cb, other = c%20d',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      TANDEM_TRACE_TOKENS: '0.5',
      TANDEM_TELEMETRY_CONTENT: '1',
      TANDEM_METRICS_LISTEN: 'off',
    }
    const loaded = await load({}, environment)
    expect(loaded.settings.telemetry).toEqual({
      ...{ endpoint: 'http://c:4318', headers: { 'x-api-key': 'a,b', other: 'c d' } },
      ...{ sample_ratio: 0.25, token_ratio: 0.5, content: true, metrics: 'off' },
    })
    expect(loaded.entries.get('telemetry.sample_ratio')?.origin.at).toBe('OTEL_TRACES_SAMPLER_ARG')
    expect(overlayEnvironment(loaded, environment)).toEqual(environment)
  })

  it.each([
    ['another sampler', { OTEL_TRACES_SAMPLER: 'jaeger_remote', OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://j' }],
    ['a ratio without its sampler', { OTEL_TRACES_SAMPLER_ARG: '0.5' }],
    ['an endpoint without a scheme', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }],
    ['empty variables', { OTEL_EXPORTER_OTLP_ENDPOINT: '', OTEL_EXPORTER_OTLP_PROTOCOL: ' ' }],
    ['broken headers', { OTEL_EXPORTER_OTLP_HEADERS: 'a=%E0%A4%A' }],
  ])('of OpenTelemetry reaches the processes as it is: %s', async (_, environment) => {
    const loaded = await load({}, environment)
    expect(loaded.settings.telemetry).toEqual({ content: false })
    expect(overlayEnvironment(loaded, environment)).toEqual(environment)
  })

  it('of the processes gets the telemetry of the file and the command line', async () => {
    await write(`telemetry:
  endpoint: https://c:4318/x
  protocol: http/json
  headers: { x-api-key: "a,b=c d" }
  sample_ratio: 0.05
  token_ratio: 0
  content: true
`)
    const environment = { OTEL_TRACES_SAMPLER: 'always_on', OTEL_SERVICE_NAME: 'mine', OTEL_BSP_MAX_QUEUE_SIZE: '9' }
    const loaded = await load({ metrics: '127.0.0.1:9464' }, environment)
    expect(overlayEnvironment(loaded, environment)).toEqual({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c:4318/x',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=a%2Cb%3Dc%20d',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.05',
      TANDEM_TRACE_TOKENS: '0',
      TANDEM_TELEMETRY_CONTENT: '1',
      TANDEM_METRICS_LISTEN: '127.0.0.1:9464',
      OTEL_SERVICE_NAME: 'mine',
      OTEL_BSP_MAX_QUEUE_SIZE: '9',
    })
    expect(labelOf(loaded, 'telemetry.endpoint')).toBe('tandem.yaml:2: telemetry.endpoint')
    expect(labelOf(loaded, 'telemetry.metrics')).toBe('--metrics')
  })

  it('of the processes gets the values of the file and the command line', async () => {
    await write(
      'strict: true\nend_tokens: ["<user>"]\ncors_origins: [http://a, http://b:1]\nmax_batch: 4\nhost: 127.0.0.1\napi_keys: [k]\n',
    )
    const environment = { TANDEM_MAX_QUEUE: '7', TANDEM_MAX_BATCH: '9' }
    const loaded = await load({ threads: 3 }, environment)
    expect(overlayEnvironment(loaded, environment)).toEqual({
      TANDEM_STRICT: '1',
      TANDEM_END_TOKENS: '["<user>"]',
      TANDEM_CORS_ORIGINS: 'http://a,http://b:1',
      TANDEM_MAX_BATCH: '4',
      TANDEM_MAX_QUEUE: '7',
      TANDEM_THREADS: '3',
    })
  })
})

it('refuses more than 16 additional models, and more than 16 reward models', async () => {
  const named = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i}`, source: 'x' }))
  const { settings } = await load({ model: named('m', 16), reward: named('r', 16) })
  expect([settings.models, settings.rewards].map((models) => Object.keys(models).length)).toEqual([16, 16])
  await expect(load({ model: named('m', 17) })).rejects.toThrow(
    'found 17 additional models (--model): expected at most 16',
  )
  await expect(load({ reward: named('r', 17) })).rejects.toThrow(
    'found 17 reward models (--reward): expected at most 16',
  )
})

it('accepts a hyphen and a digit at the beginning in the name of a reward model only', async () => {
  const one = (name: string) => [{ name, source: 'x' }]
  expect(Object.keys((await load({ reward: one('2nd-picker') })).settings.rewards)).toContain('2nd-picker')
  expect(Object.keys((await load({ reward: one('min') })).settings.rewards)).toContain('min')
  await expect(load({ reward: one('sft') })).rejects.toThrow('is a model of the pair')
  await expect(load({ model: one('2nd-picker') })).rejects.toThrow('must be a lower-case letter')
  await expect(load({ model: one('min') })).rejects.toThrow('is a function in formulas')
})
