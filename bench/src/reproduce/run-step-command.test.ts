import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runStepCommand } from './run-step-command.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-step-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const launch = (name: string, text: string) => ({
  words: [process.execPath, '-e', text],
  cwd: folder,
  env: process.env,
  log: join(folder, `${name}.log`),
})
const readLog = (name: string) => readFile(join(folder, `${name}.log`), 'utf8')

/** Writes its process id and stays, whatever SIGTERM says. */
const stubborn = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log(process.pid)`

test('nothing is started after an abort', async () => {
  const aborted = AbortSignal.abort(new Error('interrupted'))
  await expect(runStepCommand(launch('a', 'console.log("started")'), aborted)).rejects.toThrow('interrupted')
  expect(await readLog('a')).toBe('')
})

test('a command that does not end is killed after the grace time', async () => {
  const controller = new AbortController()
  const limits = { commandMs: 3_600_000, graceMs: 50 }
  const end = expect(runStepCommand(launch('b', stubborn), controller.signal, limits)).rejects.toThrow('interrupted')
  await expect.poll(() => readLog('b')).toMatch(/^\d+\n$/)
  const pid = Number(await readLog('b'))
  expect(process.kill(pid, 0)).toBe(true)
  controller.abort(new Error('interrupted'))
  await end
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('the time limit ends a command, and the error says so', async () => {
  const { signal } = new AbortController()
  const run = runStepCommand(launch('c', 'setInterval(() => {}, 1000)'), signal, { commandMs: 600, graceMs: 60_000 })
  await expect(run).rejects.toThrow(/^a step took longer than 0\.01 minutes\. The command was: /)
})
