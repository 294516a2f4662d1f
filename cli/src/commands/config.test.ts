import { availableParallelism } from 'node:os'
import { catalog } from '@tandem/models'
import { beforeEach, describe, expect, it } from 'vitest'
import type { UpFlags } from '../config/read-flags.js'
import type { Context } from '../context.js'
import { findHome } from '../home.js'
import { config } from './config.js'
import { up } from './up.js'

const pairTokens = catalog[0]?.endTokens

let answers: string
beforeEach(() => {
  answers = ''
})

function context(environment: NodeJS.ProcessEnv = {}): Context {
  const write = (text: string) => {
    answers += text
  }
  return {
    home: findHome({ TANDEM_HOME: '/nowhere' }),
    environment,
    output: { write },
    answers: { write },
    findModule: String,
    isVerbose: false,
    signal: new AbortController().signal,
  }
}

const lineOf = (key: string) => answers.split('\n').find((line) => line.startsWith(`${key} `))

describe('config', () => {
  it('prints the settings and where they come from, with masked keys', async () => {
    const model = [{ name: 'amateur', source: 'grpc://[::1]:7003' }]
    await config({ port: 0, model }, context({ TANDEM_API_KEYS: 'secret1,secret2', TANDEM_MAX_BATCH: '4' }))
    expect(lineOf('port')).toMatch(/^port +0 +--port/)
    expect(lineOf('host')).toMatch(/^host +127\.0\.0\.1 +default/)
    expect(lineOf('max_batch')).toMatch(/^max_batch +4 +TANDEM_MAX_BATCH/)
    expect(lineOf('models.amateur')).toMatch(/^models\.amateur +\{"source":"grpc:\/\/\[::1\]:7003"\} +--model amateur/)
    expect(lineOf('api_keys')).toMatch(/^api_keys +\["\*\*\*","\*\*\*"\] +TANDEM_API_KEYS/)
    expect(lineOf('name')).toMatch(/^name +\(the pair's, or the --dpo's own\) +default/)
    expect(lineOf('threads')).toMatch(/^threads +\d+ +default/)
    expect(answers).not.toContain('secret')
  })

  it('prints telemetry by dotted keys, with masked headers', async () => {
    const environment = { OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=secret' }
    await config({ metrics: '127.0.0.1:9464' }, context(environment))
    expect(lineOf('telemetry.headers')).toMatch(
      /^telemetry\.headers +\{"x-api-key":"\*\*\*"\} +OTEL_EXPORTER_OTLP_HEADERS$/,
    )
    expect(lineOf('telemetry.metrics')).toMatch(/^telemetry\.metrics +127\.0\.0\.1:9464 +--metrics$/)
    expect(lineOf('telemetry.content')).toMatch(/^telemetry\.content +false +default$/)
    expect(lineOf('telemetry.endpoint')).toMatch(/^telemetry\.endpoint +\(none: nothing is exported\) +default$/)
    expect(answers).not.toContain('secret')
  })

  it('shows two services as the default form', async () => {
    await config({}, context())
    expect(lineOf('paired')).toMatch(/^paired +false +default$/)
    answers = ''
    await config({ paired: true }, context())
    expect(lineOf('paired')).toMatch(/^paired +true +--paired$/)
    answers = ''
    await config({ paired: false }, context())
    expect(lineOf('paired')).toMatch(/^paired +false +--no-paired$/)
  })

  it('prints JSON with masked keys', async () => {
    await config({ sft: 'a', dpo: 'b', apiKey: ['secret'], json: true }, context())
    const printed = JSON.parse(answers) as Record<string, unknown>
    expect(printed.sft).toEqual({ value: 'a', from: 'flag', at: '--sft' })
    expect(printed.api_keys).toEqual({ value: ['***'], from: 'flag', at: '--api-key' })
    expect(printed.strict).toEqual({ value: false, from: 'default', at: 'default' })
    expect(printed).not.toHaveProperty('pair')
    const threads = Math.max(1, Math.floor(availableParallelism() / 2))
    expect(printed.threads).toEqual({ value: threads, from: 'default', at: 'default' })
    expect(answers).not.toContain('secret')
  })

  it.each<[UpFlags, NodeJS.ProcessEnv, string]>([
    [
      { sft: 'a', pair: 'smollm2-135m-adherence' },
      {},
      '--pair names both models: give either --pair, or --sft and --dpo',
    ],
    [{ sft: 'a' }, {}, '--dpo is missing: a pair needs two models'],
    [{ dpo: 'grpc://h:1' }, {}, '--sft is missing: a pair needs two models'],
    [{ pair: 'none' }, {}, 'there is no pair "none" in the catalog'],
    [{ sft: 'a', dpo: 'grpc://a' }, {}, '--dpo grpc://a is not an address; expected grpc://HOST:PORT'],
    [{ model: [{ name: 'm', source: 'grpc://a' }] }, {}, '--model m grpc://a is not an address'],
    [{ sft: 'hf:a', dpo: 'b' }, {}, '--sft hf:a is not a name on the Hugging Face hub'],
    [{ sft: 'https://huggingface.co/org/repo', dpo: 'b' }, {}, 'is the address of a web page; write hf:org/repo'],
    [{ sft: 'grpc://h:1,h', dpo: 'grpc://h:2' }, {}, '--sft grpc://h:1,h is not an address; expected grpc://HOST:PORT'],
    [{ sft: 'grpc://h:1,h:1', dpo: 'grpc://h:2' }, {}, '--sft grpc://h:1,h:1 has h:1 twice'],
    [{ host: '0.0.0.0' }, {}, '--host 0.0.0.0 can be reached from other machines, and no API key is set'],
    [
      { metrics: '0.0.0.0:9464' },
      {},
      '--metrics is 0.0.0.0:9464, which other machines can reach, and the metrics have no key: set TANDEM_METRICS_KEY',
    ],
    [{}, { TANDEM_API_KEYS_FILE: '/no/keys' }, 'TANDEM_API_KEYS_FILE: /no/keys: the file cannot be read (ENOENT)'],
    [{}, { TANDEM_API_KEYS_FILE: '/dev/null' }, 'TANDEM_API_KEYS_FILE: /dev/null: expected a file'],
    [{ paired: true }, { TANDEM_SFT: 'h:1', TANDEM_DPO: 'h:2' }, 'TANDEM_DPO grpc://h:2 is not one. Remove --paired'],
    [
      { dpo: 'grpc://10.0.0.2:2' },
      { TANDEM_SFT: '127.0.0.1:1' },
      '--dpo names the service at 10.0.0.2:2, which may be on another machine, and there is no TLS: set TANDEM_TLS_CA',
    ],
    [{}, { TANDEM_TLS_CA: 'ca.crt' }, 'TANDEM_TLS_CERT is not set, but TANDEM_TLS_CA is: set all three, or none'],
  ])('refuses what up refuses: %j %j', async (flags, environment, message) => {
    const said = await config(flags, context(environment)).catch((error: Error) => error.message)
    expect(said).toContain(message)
    expect(answers).toBe('')
    await expect(up({ port: 0, ...flags }, context(environment))).rejects.toThrow(said)
  })

  it('shows no key of the metrics', async () => {
    await config({ metrics: '0.0.0.0:9464' }, context({ TANDEM_METRICS_KEY: 'very-secret' }))
    expect(lineOf('telemetry.metrics_key')).toMatch(/^telemetry.metrics_key +\*\*\* +TANDEM_METRICS_KEY$/)
    const wrong = config({}, context({ TANDEM_METRICS_KEY: 'very secret' }))
    await expect(wrong).rejects.toThrow(
      /^TANDEM_METRICS_KEY: must have 1 to 512 printable ASCII characters without spaces$/,
    )
  })

  it('shows the values that processes choose by themselves, if they are known', async () => {
    const services = { sft: 'grpc://[::1]:1', dpo: 'grpc://[::1]:2' }
    await config({ ...services, model: [{ name: 'm', source: 'here' }] }, context())
    expect(lineOf('threads')).toMatch(new RegExp(`^threads +${availableParallelism()} +default$`))
    expect(lineOf('kv_bytes')).toMatch(/^kv_bytes +\d+ +default$/)
    answers = ''
    await config({ paired: false, json: true }, context())
    const threads = Math.max(1, Math.floor(availableParallelism() / 2))
    expect(JSON.parse(answers)).toMatchObject({ threads: { value: threads }, end_tokens: { value: pairTokens } })
    answers = ''
    await config({ paired: false, replicas: 3, json: true }, context())
    const shared = Math.max(1, Math.floor(availableParallelism() / 6))
    expect(JSON.parse(answers)).toMatchObject({ threads: { value: shared }, replicas: { at: '--replicas' } })
    answers = ''
    await config(services, context())
    expect(lineOf('threads')).toMatch(/^threads +\(/)
  })
})
