import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { UpFlags } from '../config/read-flags.js'
import type { Context } from '../context.js'
import { findHome } from '../home.js'
import { tokenTiming } from '../testing/timings.js'
import { generate } from './generate.js'
import { up } from './up.js'

const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/tiny/${name}`, import.meta.url))
const pair = { sft: fixture('llama-tied'), dpo: fixture('llama-tied+lora') }

/** Small programs that follow the contract between processes. They serve no real model. */
const common = `
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
setInterval(() => {}, 1000)
const say = (text) => process.stderr.write(text + '\\n')
`
const logit = `import { existsSync } from 'node:fs'
${common}
say('pid ' + process.pid + ' ' + process.env.TANDEM_LISTEN + ' keys ' + process.env.TANDEM_API_KEYS)
const isBroken = process.env.FAIL === process.env.TANDEM_ROLE || existsSync(process.env.FAIL_IF ?? '')
if (isBroken) { say('The model is broken.'); process.exit(1) }
const { TANDEM_ROLE, TANDEM_LOCAL_SERVICES, TANDEM_THREADS } = process.env
say(TANDEM_ROLE + ' exports to ' + process.env.OTEL_EXPORTER_OTLP_ENDPOINT)
say(TANDEM_ROLE + ' shares ' + TANDEM_LOCAL_SERVICES + ' threads ' + TANDEM_THREADS)
const metricsUrl = 'http://' + process.env.TANDEM_METRICS_LISTEN + '/metrics'
const baseAddress = process.env.TANDEM_BASE_LISTEN && process.env.BASE ? process.env.BASE + ':1' : null
process.send({ type: 'ready', address: TANDEM_ROLE + ':1', baseAddress, metricsUrl })
`
const timeline = {
  ...{ type: 'timeline', requestId: 'req-1', model: 'mine', strategy: 'aad', endpoint: '/v1/chat/completions' },
  ...{ status: 200, promptTokens: 9, queueUs: 100, promptUs: 2_000, droppedTimings: 3 },
  answers: [[tokenTiming({ step_us: 300_000 }), tokenTiming()], [tokenTiming({ step_us: 300_000 })]],
}
const gateway = `import http from 'node:http'
${common}
const { TANDEM_SFT, TANDEM_DPO, TANDEM_PAIR, TANDEM_API_KEYS } = process.env
const { TANDEM_MODELS, TANDEM_REWARDS, TANDEM_END_TOKENS, TANDEM_MAX_CONCURRENT } = process.env
say('gets ' + JSON.stringify({ TANDEM_MODELS, TANDEM_REWARDS, TANDEM_END_TOKENS, TANDEM_MAX_CONCURRENT }))
say('pid ' + process.pid + ' ' + [TANDEM_SFT, TANDEM_DPO, TANDEM_PAIR].join(' ') + ' keys ' + TANDEM_API_KEYS)
const server = http.createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const { model, messages } = JSON.parse(body)
  for (const content of [model, ': ', messages[0].content.toUpperCase()])
    response.write('data: ' + JSON.stringify({ choices: [{ delta: { content } }] }) + '\\n\\n')
  response.end('data: [DONE]\\n\\n')
  if (process.env.TANDEM_TRACE === '1') process.send(${JSON.stringify(timeline)})
})
say('the gateway exports to ' + process.env.OTEL_EXPORTER_OTLP_ENDPOINT)
const metricsUrl = 'http://' + process.env.TANDEM_METRICS_LISTEN + '/metrics'
server.listen(Number(process.env.TANDEM_PORT), process.env.TANDEM_HOST, () =>
  process.send({ type: 'ready', address: 'http://127.0.0.1:' + server.address().port, metricsUrl }))
`

let folder: string
let words: string
let answers: string
let controller: AbortController

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-up-'))
  await writeFile(join(folder, 'logit-main.mjs'), logit)
  await writeFile(join(folder, 'reward-main.mjs'), logit)
  await writeFile(join(folder, 'main.mjs'), gateway)
})
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeEach(() => {
  words = ''
  answers = ''
  controller = new AbortController()
})

function context(environment: NodeJS.ProcessEnv = {}): Context {
  return {
    home: findHome({ TANDEM_HOME: join(folder, 'home') }),
    environment: { PATH: process.env.PATH, ...environment },
    output: {
      write: (text: string) => {
        words += text
      },
    },
    answers: {
      write: (text: string) => {
        answers += text
      },
    },
    findModule: (name) => join(folder, `${name.split('/').at(-1)}.mjs`),
    isVerbose: true,
    signal: controller.signal,
  }
}

const options = (changes: UpFlags = {}): UpFlags => ({ ...pair, port: 0, paired: false, ...changes })

async function until(condition: () => boolean) {
  for (let i = 0; i < 4800 && !condition(); i++) await delay(25)
  expect(condition()).toBe(true)
}

const pids = () => [...new Set([...words.matchAll(/pid (\d+)/g)].map((match) => Number(match[1])))]

function isAlive(pid: number) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('up', () => {
  it('starts three processes, prints the URL and an example request, and ends all on abort', async () => {
    const running = up(options({ name: 'mine' }), context())
    await until(() => answers !== '')
    expect(answers).toMatch(/mine is ready at http:\/\/127\.0\.0\.1:\d+ /)
    expect(answers).toContain('No API key is set: every program on this machine can use it')
    expect(answers).toContain('"model":"mine/greedy-sft"')
    expect(words).toContain('sft:1 dpo:1 mine')
    expect(words).toContain('[SFT service] pid')
    expect(pids().map(isAlive)).toEqual([true, true, true])
    controller.abort()
    await running
    expect(pids().map(isAlive)).toEqual([false, false, false])
  })

  it('serves two services unless the settings say paired', async () => {
    const { paired: _left, ...open } = options()
    const running = up(open, context())
    await until(() => answers !== '')
    expect(words).toContain('sft:1 dpo:1 llama-tied+lora')
    controller.abort()
    await running
  })

  it('prints the timeline of a request with --trace', async () => {
    const running = up({ ...options({ name: 'mine' }), trace: true }, context())
    await until(() => answers !== '')
    await fetch(/http:\/\/[\d.:]+/.exec(answers)?.[0] ?? '', {
      method: 'POST',
      body: JSON.stringify({ model: 'mine', messages: [{ role: 'user', content: 'hi' }] }),
    })
    await until(() => words.includes('tokens/s'))
    expect(words).toContain('\nreq-1: /v1/chat/completions, status 200\nmine, aad, 9 prompt tokens\n')
    expect(words).toContain('2.00 ms to read and encode the prompt, then 0.10 ms of waiting for admission\n')
    expect(words).toContain('The last 3 tokens are not shown.\nanswer 0\n2 tokens\n')
    expect(words).toContain('\nreq-1: answer 1\n1 token\n')
    expect(words).toMatch(/^ +1 +10\.00 ms +D+S+q+w+m+$/m)
    controller.abort()
    await running
  })

  it('tells the gateway to send no timelines without --trace', async () => {
    const running = up(options(), context({ TANDEM_TRACE: '1' }))
    await until(() => answers !== '')
    const url = /http:\/\/[\d.:]+/.exec(answers)?.[0] ?? ''
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] })
    expect(await (await fetch(url, { method: 'POST', body })).text()).toContain('HI')
    controller.abort()
    await running
    expect(words).not.toContain('req-1')
  })

  it('serves the metrics of each process on a port of its own, and exports from all', async () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', TANDEM_METRICS_LISTEN: '127.0.0.1:9464' }
    const running = up(options(), context(environment))
    await until(() => answers !== '')
    expect(answers).toMatch(
      /\nMetrics of the gateway: http:\/\/127\.0\.0\.1:9464\/metrics\nMetrics of the SFT service: http:\/\/127\.0\.0\.1:9465\/metrics\nMetrics of the DPO service: http:\/\/127\.0\.0\.1:9466\/metrics\n$/,
    )
    for (const name of ['sft', 'dpo', 'the gateway']) expect(words).toContain(`${name} exports to http://c:4318`)
    controller.abort()
    await running
  })

  it('says how to see metrics, if no setting does', async () => {
    const running = up(options(), context())
    await until(() => answers !== '')
    expect(answers).toMatch(/\nTo see metrics: tandem up --metrics 127\.0\.0\.1:9464\n$/)
    controller.abort()
    await running
  })

  it('gives keys only to the gateway, and services an address of this machine', async () => {
    const environment = { TANDEM_API_KEYS: 'secret', TANDEM_LISTEN: '0.0.0.0:7' }
    const running = up(options(), context(environment))
    await until(() => answers !== '')
    expect(words.match(/127\.0\.0\.1:0 keys undefined/g)).toHaveLength(2)
    expect(words).toContain('llama-tied+lora keys secret')
    expect(answers).toContain('Clients must send one of the API keys.')
    controller.abort()
    await running
  })

  it('starts additional models, and uses running services as they are', async () => {
    await writeFile(
      join(folder, 'extra.yaml'),
      `
sft: ${pair.sft}
dpo: grpc://10.0.0.2:7002
models:
  amateur: ${fixture('qwen2')}
  base: grpc://[::1]:7003
rewards:
  lora: ${pair.dpo}
  picker: grpc://10.0.0.2:7005
end_tokens: ["<user>"]
max_concurrent: 3
insecure_grpc: true
port: 0
`,
    )
    const running = up({ config: join(folder, 'extra.yaml'), threads: 3 }, context())
    await until(() => answers !== '')
    expect(words).toMatch(/^Settings: .*extra\.yaml\n/)
    expect(words).toContain('Starting pair, amateur, base, lora, picker ...')
    const own = {
      TANDEM_MODELS: 'amateur=amateur:1,base=[::1]:7003',
      TANDEM_REWARDS: 'lora=lora:1,picker=10.0.0.2:7005',
    }
    const gets = { ...own, TANDEM_END_TOKENS: '["<user>"]', TANDEM_MAX_CONCURRENT: '3' }
    expect(words).toContain(`[gateway] gets ${JSON.stringify(gets)}`)
    expect(words).toContain('sft:1 10.0.0.2:7002 pair keys')
    for (const role of ['sft', 'amateur', 'lora']) expect(words).toContain(`${role} shares 2 threads 3`)
    expect(words).toContain('[amateur model service] pid')
    expect(words).toContain('[lora reward service] pid')
    expect(pids()).toHaveLength(4)
    controller.abort()
    await running
    expect(pids().map(isAlive)).not.toContain(true)
  })

  it('starts replicas of every model, and divides the machine among them', async () => {
    const model = [
      { name: 'amateur', source: fixture('qwen2') },
      { name: 'away', source: 'grpc://h:3,i:3' },
    ]
    const reward = [{ name: 'picker', source: pair.dpo }]
    const running = up(options({ replicas: 2, model, reward }), context({ TANDEM_INSECURE_GRPC: '1' }))
    await until(() => answers !== '')
    const own = { TANDEM_MODELS: 'amateur=amateur:1,amateur=amateur:1,away=h:3,away=i:3' }
    const gets = { ...own, TANDEM_REWARDS: 'picker=picker:1,picker=picker:1', TANDEM_END_TOKENS: '[]' }
    expect(words).toContain(`[gateway] gets ${JSON.stringify(gets)}`)
    expect(words).toContain('sft:1,sft:1 dpo:1,dpo:1 llama-tied+lora keys')
    for (const name of ['SFT service', 'DPO service', 'amateur model service', 'picker reward service'])
      for (const replica of [1, 2]) expect(words).toContain(`[${name} ${replica}] pid`)
    expect(words.match(/ shares 6 threads/g)).toHaveLength(8)
    expect(pids()).toHaveLength(9)
    controller.abort()
    await running
    expect(pids().map(isAlive)).not.toContain(true)
  })

  it('starts replicas of a service for both models', async () => {
    const running = up(options({ replicas: 3, paired: true }), context({ BASE: 'base' }))
    await until(() => answers !== '')
    expect(words).toContain('base:1,base:1,base:1 dpo:1,dpo:1,dpo:1 llama-tied+lora keys')
    expect(words.match(/dpo shares 3 threads/g)).toHaveLength(3)
    controller.abort()
    await running
  })

  it('names the origin of a wrong source', async () => {
    await writeFile(
      join(folder, 'wrong.yaml'),
      'sft: grpc://[::1]:1\ndpo: grpc://[::1]:2\nport: 0\nmodels:\n  a: none\n',
    )
    await expect(up({ config: join(folder, 'wrong.yaml') }, context())).rejects.toThrow(
      `${join(folder, 'wrong.yaml')}:5: models.a ${join(folder, 'none')}: the file or folder does not exist`,
    )
    await expect(up(options({ model: [{ name: 'a', source: 'h:1' }] }), context())).rejects.toThrow(
      /^--model a h:1: the file or folder does not exist.*write grpc:\/\/h:1$/,
    )
    const builtAlready = up({ sft: 'grpc://[::1]:1', dpo: pair.dpo, port: 0 }, context())
    await expect(builtAlready).rejects.toThrow(
      'is a running service: an adapter needs the weights that it was trained on',
    )
  })

  it('ends all processes if one cannot start, and prints its output', async () => {
    await expect(up(options(), context({ FAIL: 'dpo' }))).rejects.toThrow(
      /the DPO service could not start \(exit code 1\). Its last output:\npid .*\nThe model is broken\./,
    )
    expect(pids().map(isAlive)).not.toContain(true)
  })

  it.each([0, 1, 2])('starts process %d again if it ends, at its address, and prints its timelines', async (which) => {
    const running = up({ ...options({ name: 'mine', metrics: '127.0.0.1:9464' }), trace: true }, context())
    await until(() => answers !== '')
    const url = /http:\/\/127[\d.:]+/.exec(answers)?.[0] ?? ''
    const before = pids()
    const victim = before[which] ?? 0
    process.kill(victim, 'SIGKILL')
    await until(() => words.includes(' serves again, '))
    expect(words).toMatch(
      /^The (SFT service|DPO service|gateway) has ended \(killed by SIGKILL\) and is started again now/m,
    )
    const [next = 0] = pids().slice(before.length)
    expect([victim, next].map(isAlive)).toEqual([false, true])
    const body = JSON.stringify({ model: 'mine', messages: [{ role: 'user', content: 'hi' }] })
    expect(await (await fetch(url, { method: 'POST', body })).text()).toContain('HI')
    await until(() => words.includes('tokens/s'))
    controller.abort()
    await running
    expect([...before, next].map(isAlive)).not.toContain(true)
    expect(pids()).toHaveLength(4)
  })

  it('ends all processes if one cannot start again', async () => {
    const marker = join(folder, 'broken')
    const running = up(options(), context({ FAIL_IF: marker }))
    await until(() => answers !== '')
    await writeFile(marker, '')
    const [service, other, last] = pids()
    process.kill(Number(service), 'SIGKILL')
    await expect(running).rejects.toThrow(
      /^the (SFT|DPO) service has ended and could not be started again 5 times in a row \(the last time: exit code 1\), and Tandem cannot serve without it\. Its last output:\npid .*\nThe model is broken\.$/,
    )
    expect(words.match(/Start \d of at most 5 has failed/g)).toHaveLength(4)
    expect([isAlive(Number(other)), isAlive(Number(last))]).toEqual([false, false])
  })

  it('refuses another host without keys before anything is built', async () => {
    await expect(up(options({ host: '0.0.0.0' }), context())).rejects.toThrow('no API key is set')
    expect(words).toBe('')
  })
})

describe('generate', () => {
  it('starts its own gateway, prints the answer, and ends it', async () => {
    await generate('hello', { ...pair, apiKeys: ['unused'] }, context())
    expect(answers).toBe('llama-tied+lora: HELLO\n')
    expect(pids().map(isAlive)).toEqual([false, false, false])
  })

  it('uses the settings of up: options before the file before the environment, with additional models', async () => {
    const config = join(folder, 'generate.yaml')
    await writeFile(
      config,
      `
sft: ${pair.sft}
dpo: grpc://10.0.0.2:7002
models: { base: "grpc://10.0.0.2:7003" }
rewards: { picker: "grpc://10.0.0.2:7005" }
name: filed
threads: 3
host: 0.0.0.0
`,
    )
    const environment = { TANDEM_SFT: '10.0.0.9:1', TANDEM_MAX_CONCURRENT: '3', TANDEM_PAIR: 'of-the-environment' }
    await generate('hello', { config, threads: 2, apiKeys: [] }, context(environment))
    expect(answers).toBe('filed: HELLO\n')
    expect(words).toMatch(/^Settings: .*generate\.yaml\n/)
    expect(words).toContain('sft shares 1 threads 2')
    const named = { TANDEM_MODELS: 'base=10.0.0.2:7003', TANDEM_REWARDS: 'picker=10.0.0.2:7005' }
    expect(words).toContain(JSON.stringify({ ...named, TANDEM_END_TOKENS: '[]', TANDEM_MAX_CONCURRENT: '3' }))
    expect(words).toContain('sft:1 10.0.0.2:7002 filed')
  })

  it.each([
    [{ strategy: 'nope' }, 'strategy: unknown strategy "nope"; expected one of: aad, '],
    [{ strategy: 'greedy-dpo', alpha: 0.5 }, 'alpha: unknown parameter of the strategy greedy-dpo'],
  ])('refuses %j before anything starts', async (method, message) => {
    await expect(generate('hello', { ...pair, ...method, apiKeys: [] }, context())).rejects.toThrow(message)
    expect(words).toBe('')
  })

  it('refuses a key that up refuses', async () => {
    const config = join(folder, 'unknown.yaml')
    await writeFile(config, 'sfd: x\n')
    await expect(generate('hello', { config, apiKeys: [] }, context())).rejects.toThrow('did you mean "sft"?')
  })

  it.each([
    [{ sft: 'a', precision: 'int8' }, 'remove --sft, --precision, or --url'],
    [{ config: 'f', device: 'cuda', threads: 1 }, 'remove --config, --device, --threads, or --url'],
    [{ model: [{ name: 'a', source: 'b' }], paired: false }, 'remove --model a, --no-paired, or --url'],
  ] as const)('refuses %j with --url', async (flags, message) => {
    const running = generate('hello', { ...flags, apiKeys: [], url: 'http://127.0.0.1:1' }, context())
    await expect(running).rejects.toThrow(`--url uses a running gateway with its own models: ${message}`)
  })
})
