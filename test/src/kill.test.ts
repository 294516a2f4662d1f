import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { buildModel } from '@tandem/models'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { tinyFolder } from './support/fixtures.js'
import { heldSessions } from './support/held-sessions.js'
import { waitUntilGone } from './support/processes.js'
import { type Stack, startStack } from './support/stack.js'
import { startTandemUp, type TandemUp } from './support/tandem-up.js'

const errorLimitMs = 30_000
const exitLimitMs = 90_000

let home: string
let up: TandemUp | undefined
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tandem-kill-'))
})
afterEach(async () => {
  if (!up) return
  const pids = [up.process.pid ?? -1, ...up.children().map(({ pid }) => pid)]
  up.process.kill('SIGKILL')
  await waitUntilGone(pids, exitLimitMs)
  up = undefined
})
afterAll(() => rm(home, { recursive: true, force: true }))

const start = () =>
  startTandemUp(
    ['--sft', tinyFolder('llama-tied'), '--dpo', tinyFolder('llama-tied+lora'), '--precision', 'fp32', '--no-paired'],
    { TANDEM_HOME: home },
  )

interface StreamEnd {
  readonly events: readonly string[]
  readonly endedAfterKillMs: number
}

/** Streams an answer of 200 tokens. Calls `onFirst` after its first event. */
async function stream(running: TandemUp, onFirst: () => void, killedAt: () => number): Promise<StreamEnd> {
  const response = await fetch(`${running.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: running.model,
      prompt: [4, 388, 365],
      max_tokens: 200,
      ignore_eos: true,
      stream: true,
    }),
    signal: AbortSignal.timeout(180_000),
  })
  expect(response.status).toBe(200)
  let text = ''
  let begun = false
  const decoder = new TextDecoder()
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (!begun) onFirst()
      begun = true
    }
  } catch (cause) {
    text += `connection lost: ${cause}`
  }
  return { events: text.split('\n\n').filter(Boolean), endedAfterKillMs: Date.now() - killedAt() }
}

/** Requests the same answer without a stream. */
const ask = (running: TandemUp) =>
  fetch(`${running.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: running.model, prompt: [4, 388, 365], max_tokens: 200, ignore_eos: true }),
    signal: AbortSignal.timeout(180_000),
  })

async function expectServiceError(response: Response): Promise<void> {
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
  const { error } = (await response.json()) as { error: Record<string, unknown> }
  expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type'])
  expect(error.message).toMatch(/service/)
}

/** Returns the two services, oldest first. The tests kill both, so their roles do not matter. */
function servicesOf(running: TandemUp): number[] {
  const services = running.children().filter(({ command }) => command.includes('logit/main.js'))
  expect(services).toHaveLength(2)
  return services.map(({ pid }) => pid).sort((a, b) => a - b)
}

describe('tandem up', () => {
  test.each([0, 1])('kill -9 of service %s during an answer: clear errors, no hang, no orphan', async (which) => {
    up = await start()
    const running = up
    const pids = running.children().map(({ pid }) => pid)
    expect(pids).toHaveLength(3)
    const victim = servicesOf(running)[which] ?? -1
    const streams = [1, 2, 3, 4]
    let begun = 0
    let killedAt = 0
    const killOnceAllRun = () => {
      begun++
      if (begun < streams.length) return
      process.kill(victim, 'SIGKILL')
      killedAt = Date.now()
    }
    const whole = ask(running)
    const ends = await Promise.all(streams.map(() => stream(running, killOnceAllRun, () => killedAt)))
    await expectServiceError(await whole)
    for (const { events, endedAfterKillMs } of ends) {
      expect(endedAfterKillMs).toBeLessThan(errorLimitMs)
      const failures = events.filter((event) => event.startsWith('data: {"error"'))
      expect(failures, events.slice(-3).join('\n')).toHaveLength(1)
      const { error } = JSON.parse(failures[0]?.slice('data: '.length) ?? '') as { error: Record<string, unknown> }
      expect(Object.keys(error).sort()).toEqual(['code', 'message', 'param', 'type'])
      expect(error.message).toMatch(/service/)
      expect(events.some((event) => event.includes('"finish_reason":"'))).toBe(false)
    }
    expect(await waitUntilGone([running.process.pid ?? -1, ...pids], exitLimitMs)).toEqual([])
    expect(running.process.exitCode).not.toBe(0)
    expect(running.output()).toMatch(/service/)
  })

  test('kill -9 of a service during a prompt: a clear error before the answer begins', async () => {
    up = await start()
    const [victim = -1] = servicesOf(up)
    // The stopped service receives the prompt and does not answer.
    process.kill(victim, 'SIGSTOP')
    const answers = [ask(up), ask(up)]
    await delay(300)
    process.kill(victim, 'SIGKILL')
    const killedAt = Date.now()
    for (const answer of answers) await expectServiceError(await answer)
    expect(Date.now() - killedAt).toBeLessThan(errorLimitMs)
  })

  test('kill -9 of tandem up itself leaves no orphan', async () => {
    up = await start()
    const pids = up.children().map(({ pid }) => pid)
    expect(pids).toHaveLength(3)
    up.process.kill('SIGKILL')
    expect(await waitUntilGone(pids, exitLimitMs)).toEqual([])
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends everything with exit code 0', async (signal) => {
    up = await start()
    const pids = up.children().map(({ pid }) => pid)
    const exited = once(up.process, 'exit')
    up.process.kill(signal)
    expect(await exited).toEqual([0, null])
    expect(await waitUntilGone(pids, 10_000)).toEqual([])
  })
})

describe('kill -9 of the gateway', () => {
  let stack: Stack
  beforeAll(async () => {
    const [source, adapter] = [tinyFolder('llama-tied'), tinyFolder('llama-tied+lora')]
    const [sft, dpo] = [join(home, 'sft'), join(home, 'dpo')]
    await buildModel({ source, out: sft, precision: 'fp32' })
    await buildModel({ source, adapter, out: dpo, precision: 'fp32' })
    stack = await startStack({ sft, dpo, pair: 'tiny' })
  })
  afterAll(() => stack?.stop())

  test('frees its sessions in both services', async () => {
    const held = async () => [await heldSessions(stack.addresses.sft), await heldSessions(stack.addresses.dpo)]
    const answer = await fetch(`${stack.url}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'tiny', prompt: [4, 388], max_tokens: 200, ignore_eos: true, stream: true }),
    })
    await answer.body?.getReader().read()
    // The answer is longer than this test.
    stack.gateway.kill('SIGSTOP')
    expect(await held()).toEqual([1, 1])
    stack.gateway.kill('SIGKILL')
    await expect.poll(held).toEqual([0, 0])
  })
})
