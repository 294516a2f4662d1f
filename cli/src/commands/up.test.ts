import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '@tandem/process'
import { describe, expect, it } from 'vitest'
import {
  answers,
  context,
  controller,
  fixture,
  folder,
  options,
  pair,
  pids,
  until,
  useStandIns,
  words,
} from '../testing/stand-in-processes.js'
import { up } from './up.js'

useStandIns()

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
