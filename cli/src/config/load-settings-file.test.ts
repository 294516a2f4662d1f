import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder, load, useFolder, write } from '../testing/settings-folder.js'

useFolder()

describe('the file', () => {
  it('can have every setting', async () => {
    const text = `
sft: models/sft
dpo: grpc://10.0.0.2:7002
models:
  amateur: ../small
  base: { source: lora, base: weights.gguf, precision: fp32, adapter_scale: 2 }
rewards:
  picker: /reward
precision: int8
adapter_scale: 0.4
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
        base: {
          ...{ source: join(folder, 'deploy/lora'), base: join(folder, 'deploy/weights.gguf') },
          ...{ precision: 'fp32', adapter_scale: 2 },
        },
      },
      rewards: { picker: { source: '/reward' } },
      ...{
        precision: 'int8',
        adapter_scale: 0.4,
        paired: false,
        name: 'mine',
        template_from: 'sft',
        end_tokens: ['<user>', '<|end|>'],
      },
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
    ['adapter_scale: 0', 'tandem.yaml:1: adapter_scale is 0: expected a number above 0 and at most 100'],
    ['adapter_scale: -1', 'tandem.yaml:1: adapter_scale is -1: expected a number above 0 and at most 100'],
    ['adapter_scale: .nan', 'adapter_scale is null: expected a number above 0 and at most 100'],
    ['adapter_scale: .inf', 'adapter_scale is null: expected a number above 0 and at most 100'],
    [
      'models:\n  a: { source: x, adapter_scale: "1" }',
      'tandem.yaml:2: models.a.adapter_scale is "1": expected a number above 0 and at most 100',
    ],
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
