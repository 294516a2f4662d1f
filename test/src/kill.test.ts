import { once } from 'node:events'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { isAlive } from '@tandem/process'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { tinyFolder } from './support/fixtures.js'
import { heldSessions } from './support/held-sessions.js'
import { waitUntilGone } from './support/processes.js'
import { type Stack, startStack } from './support/stack.js'
import { SupervisedUp } from './support/supervised-up.js'
import type { UpProcess } from './support/up-process.js'

const exitLimitMs = 90_000

let home: string
let sft: string
let dpo: string
/** Those that a test may leave running. */
const started: SupervisedUp[] = []
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tandem-kill-'))
  const [source, adapter] = [tinyFolder('llama-tied'), tinyFolder('llama-tied+lora')]
  sft = join(home, 'sft')
  dpo = join(home, 'dpo')
  await buildModel({ source, out: sft, precision: 'fp32' })
  await buildModel({ source, adapter, out: dpo, precision: 'fp32' })
})
afterAll(() => rm(home, { recursive: true, force: true }))

async function start(...args: readonly string[]): Promise<SupervisedUp> {
  const supervised = await SupervisedUp.start(['--sft', sft, '--dpo', dpo, ...args], { TANDEM_HOME: home })
  started.push(supervised)
  return supervised
}

/** Kills what `start` started, with all its processes. */
async function killStarted(): Promise<void> {
  for (const { up } of started.splice(0)) {
    const pids = [up.process.pid ?? -1, ...pidsOf(up)]
    up.process.kill('SIGKILL')
    await waitUntilGone(pids, exitLimitMs)
  }
}

const pidsOf = (up: SupervisedUp['up']) => up.children().map(({ pid }) => pid)

function find({ processes }: SupervisedUp, role: string): UpProcess {
  const found = processes.find((process) => process.role === role)
  if (!found) throw new Error(`found no process with the role ${role} in ${JSON.stringify(processes)}`)
  return found
}

/** Requests an answer of 40 tokens. */
const request = ({ up }: SupervisedUp) =>
  fetch(`${up.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: up.model, prompt: [4, 388, 365], max_tokens: 40, ignore_eos: true }),
    signal: AbortSignal.timeout(180_000),
  })

/** Returns the text of an answer, as soon as there is one. */
async function ask(running: SupervisedUp): Promise<string> {
  let text = ''
  await expect
    .poll(async () => {
      const answer = await request(running)
      text = await answer.text()
      return answer.status
    })
    .toBe(200)
  return (JSON.parse(text) as { choices: [{ text: string }] }).choices[0].text
}

async function expectEnd({ up }: SupervisedUp, pids: readonly number[], code: number): Promise<void> {
  expect(await waitUntilGone([up.process.pid ?? -1, ...pids], exitLimitMs)).toEqual([])
  if (up.process.exitCode === null) await once(up.process, 'exit')
  expect(up.process.exitCode).toBe(code)
}

describe('a tandem up whose processes are killed', () => {
  let running: SupervisedUp
  let first: string | undefined
  beforeAll(async () => {
    running = await start()
  })
  afterAll(killStarted)

  /** Returns the answer before the first kill. */
  const firstAnswer = async () => {
    first ??= await ask(running)
    return first
  }

  test.each(['sft', 'dpo', 'gateway'])('serves the same answer after kill -9 of the process %s', async (role) => {
    const before = await firstAnswer()
    expect(pidsOf(running.up)).toHaveLength(3)
    const victim = find(running, role)
    running.kill(victim, 'SIGKILL')
    await running.waitUntilServing()
    const next = find(running, role)
    expect(next.address).toBe(victim.address)
    expect(next.pid).not.toBe(victim.pid)
    expect(await ask(running)).toBe(before)
    expect(running.up.output()).toContain(`The ${victim.name} has ended (killed by SIGKILL) and is started again now.`)
    expect(running.up.output()).toContain(`The ${victim.name} serves again, `)
    expect(isAlive(victim.pid)).toBe(false)
    expect(pidsOf(running.up)).toHaveLength(3)
  })

  test('serves the same answer after kill -9 of all its processes at once', async () => {
    const before = await firstAnswer()
    for (const victim of running.processes) running.kill(victim, 'SIGKILL')
    await running.waitUntilServing()
    expect(await ask(running)).toBe(before)
  })

  test('restarts a random service again and again', async () => {
    const addresses = () => running.processes.map(({ address }) => address).sort()
    const before = addresses()
    for (const draw of [0.1, 0.9, 0.4]) {
      running.killRandom('SIGKILL', () => draw)
      await running.waitUntilServing()
    }
    expect(addresses()).toEqual(before)
  })

  test('SIGTERM then ends all processes that serve, with exit code 0', async () => {
    const pids = running.processes.map(({ pid }) => pid)
    expect(pids).toHaveLength(3)
    running.up.process.kill('SIGTERM')
    await expectEnd(running, pids, 0)
  })
})

describe('tandem up', () => {
  afterEach(killStarted)

  test('ends with the reason if a service cannot start again', async () => {
    const broken = join(home, 'broken')
    await cp(sft, broken, { recursive: true })
    const running = await start('--sft', broken)
    const pids = pidsOf(running.up)
    await rm(join(broken, 'tandem.json'))
    running.kill(find(running, 'sft'), 'SIGKILL')
    await expectEnd(running, pids, 1)
    expect(running.up.output()).toMatch(
      /tandem: Error: the SFT service has ended and could not be started again 5 times in a row \(the last time: exit code 1\), and Tandem cannot serve without it\. Its last output:\nThe logit service cannot start: .*tandem\.json/,
    )
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s between two restarts ends everything with exit code 0',
    async (signal) => {
      const broken = join(home, `broken-${signal}`)
      await cp(dpo, broken, { recursive: true })
      const running = await start('--dpo', broken)
      const pids = pidsOf(running.up)
      await rm(join(broken, 'tandem.json'))
      running.kill(find(running, 'dpo'), 'SIGKILL')
      await expect.poll(() => running.up.output()).toContain('Start 2 of at most 5 has failed')
      running.up.process.kill(signal)
      await expectEnd(running, pids, 0)
    },
  )

  test('kill -9 of tandem up itself leaves no orphan', async () => {
    const { up } = await start()
    const pids = pidsOf(up)
    expect(pids).toHaveLength(3)
    up.process.kill('SIGKILL')
    expect(await waitUntilGone(pids, exitLimitMs)).toEqual([])
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends everything with exit code 0', async (signal) => {
    const { up } = await start()
    const pids = pidsOf(up)
    const exited = once(up.process, 'exit')
    up.process.kill(signal)
    expect(await exited).toEqual([0, null])
    expect(await waitUntilGone(pids, 10_000)).toEqual([])
  })
})

describe('kill -9 of the gateway', () => {
  let stack: Stack
  beforeAll(async () => {
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
    await expect.poll(held).toEqual([1, 1])
    stack.gateway.kill('SIGKILL')
    await expect.poll(held).toEqual([0, 0])
  })
})
