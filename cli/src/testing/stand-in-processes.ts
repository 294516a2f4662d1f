import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import type { UpFlags } from '../config/read-flags.js'
import type { Context } from '../context.js'
import { findHome } from '../home.js'
import { tokenTiming } from './timings.js'

export const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/tiny/${name}`, import.meta.url))
/** The sources of a pair. */
export const pair = { sft: fixture('llama-tied'), dpo: fixture('llama-tied+lora') }

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
export const timeline = {
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

/** The folder of the programs. */
export let folder: string
/** What the command has written for people: progress and faults. */
export let words: string
/** What the command has written as its answer. */
export let answers: string
/** Aborts the command. */
export let controller: AbortController

/** Writes the programs before the tests of a file, and clears the output before each test. */
export function useStandIns(): void {
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
}

/** The context of a command that starts the programs instead of real processes. */
export function context(environment: NodeJS.ProcessEnv = {}): Context {
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

/** Options of `tandem up`. */
export const options = (changes: UpFlags = {}): UpFlags => ({ ...pair, port: 0, paired: false, ...changes })

/** Waits until a condition holds. */
export async function until(condition: () => boolean) {
  for (let i = 0; i < 4800 && !condition(); i++) await delay(25)
  expect(condition()).toBe(true)
}

/** The processes that the output names. */
export const pids = () => [...new Set([...words.matchAll(/pid (\d+)/g)].map((match) => Number(match[1])))]
