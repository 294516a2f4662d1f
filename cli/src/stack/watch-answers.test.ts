import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { watchAnswers } from './watch-answers.js'

let folder: string
let child: ChildProcess
let hung: number
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-answers-'))
  hung = 0
})
afterEach(async () => {
  child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const answers = `process.on('message', () => process.send({ type: 'pong' }))`
const answersNothing = `process.on('message', () => undefined)`

/** Starts a process that is watched from its first message on. */
async function watch(source: string, limits: { intervalMs: number; maxMissed: number }) {
  const path = join(folder, 'child.mjs')
  await writeFile(path, `${source}\nprocess.send('up')`)
  child = fork(path, { execArgv: [] })
  await once(child, 'message')
  const pings: unknown[] = []
  const send = child.send.bind(child) as (message: object, callback: () => void) => boolean
  child.send = ((message: object, callback: () => void) => {
    pings.push(message)
    return send(message, callback)
  }) as ChildProcess['send']
  watchAnswers(
    child,
    () => {
      hung += 1
    },
    limits,
  )
  return pings
}

test('a process that answers is asked again and again', async () => {
  const pings = await watch(answers, { intervalMs: 50, maxMissed: 1_000 })
  await expect.poll(() => pings.length).toBeGreaterThanOrEqual(4)
  expect(hung).toBe(0)
})

test('a process that answers no more counts as hung once, and gets one question', async () => {
  const pings = await watch(answers, { intervalMs: 50, maxMissed: 3 })
  child.kill('SIGSTOP')
  await expect.poll(() => hung).toBe(1)
  const asked = pings.length
  child.kill('SIGCONT')
  child.kill('SIGTERM')
  await once(child, 'exit')
  expect([hung, pings.length]).toEqual([1, asked])
})

test('a process that gives no answer counts as hung', async () => {
  const pings = await watch(answersNothing, { intervalMs: 50, maxMissed: 3 })
  await expect.poll(() => hung).toBe(1)
  expect(pings).toEqual([{ type: 'ping' }])
})
