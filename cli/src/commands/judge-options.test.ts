import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultTemplate } from '@tandem/evaluation'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type JudgeFlags, judgeOptions } from './judge-options.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-judge-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('reads a judge, whose key is in the environment', async () => {
  const flags = { judgeUrl: 'localhost:9000/v1', judgeModel: 'm' }
  expect(await judgeOptions(flags, { TANDEM_JUDGE_KEY: ' k\n' })).toEqual({
    ...{ server: { url: 'http://localhost:9000/v1', apiKey: 'k' }, model: 'm', name: 'm' },
    ...{ template: defaultTemplate, pairs: 'reference' },
  })
  expect((await judgeOptions(flags, { TANDEM_JUDGE_KEY: '' }))?.server.apiKey).toBeUndefined()
})

it('reads a prompt, a name and the pairs', async () => {
  const judgePrompt = join(folder, 'judge.txt')
  await writeFile(judgePrompt, '{{prompt}}')
  const flags = { judgeUrl: 'https://h', judgeModel: 'm', judgeName: 'n', judgePrompt, judgePairs: 'all' } as const
  expect(await judgeOptions(flags, {})).toMatchObject({ name: 'n', template: '{{prompt}}', pairs: 'all' })
})

it('has no judge without an address', async () => expect(await judgeOptions({}, { TANDEM_JUDGE_KEY: 'k' })).toBeNull())

it.each<[JudgeFlags, string]>([
  [{ judgeUrl: 'http://h' }, '--judge-model is missing: expected the name of a model at --judge-url'],
  [{ judgeModel: 'm' }, '--judge-model needs --judge-url: expected the address of an OpenAI-compatible endpoint'],
  [{ judgePairs: 'all' }, '--judge-pairs needs --judge-url'],
  [{ judgeUrl: 'ftp://h', judgeModel: 'm' }, '--judge-url ftp://h is not the address of an endpoint'],
  [{ judgeUrl: 'h', judgeModel: 'm', judgePrompt: '/no/file' }, '--judge-prompt /no/file cannot be read: ENOENT'],
])('refuses %j', async (flags, message) => {
  await expect(judgeOptions(flags, {})).rejects.toThrow(message)
})
