import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { evaluationOptions, method } from '../testing/evaluation-options.js'
import { useFolder } from '../testing/folder.js'
import { checkEvaluation } from './check-evaluation.js'
import { defaultTemplate, type EvaluationOptions, type JudgeOptions } from './index.js'

const folder = useFolder()

/** Checks an evaluation of two strategies on a number of prompts. */
async function check(count: number, changes: Partial<EvaluationOptions> = {}) {
  const path = join(folder(), 'prompts.txt')
  await writeFile(path, 'Hi\n')
  const options = await evaluationOptions(path, folder(), 'http://127.0.0.1:1', changes)
  return checkEvaluation({ ...options, prompts: { ...options.prompts, count } })
}

it('limits the answers of one evaluation', async () => {
  await expect(check(500_001)).rejects.toThrow('the evaluation would have 1000002 answers: expected at most 1000000')
  await expect(check(1001, { samples: 1000 })).rejects.toThrow('answers: expected at most 1000000. Use --limit')
  expect((await check(500_001, { limit: 500_000 })).reference).toBe('aad')
})

it('limits the scales of the adapter', async () => {
  const scaled = (count: number) => Array.from({ length: count }, (_, i) => method('aad', {}, (i + 1) / 100))
  await expect(check(1, { strategies: scaled(33) })).rejects.toThrow(
    'name 33 scales of the adapter: expected at most 32',
  )
  expect((await check(1, { strategies: scaled(32) })).parts).toHaveLength(32)
})

it('limits the requests to a judge, and its prompt', async () => {
  const judge: JudgeOptions = {
    ...{ server: { url: 'http://127.0.0.1:1' }, model: 'm', name: 'm', template: defaultTemplate, pairs: 'all' },
  }
  const strategies = ['aad', 'eft', 'greedy-dpo', 'greedy-sft'].map((name) => method(name))
  await expect(check(100_000, { judge, strategies })).rejects.toThrow('the judge would get 1200000 requests')
  await expect(check(1, { judge: { ...judge, template: 'a'.repeat(100_001) } })).rejects.toThrow(
    '--judge-prompt has 100001 characters: expected at most 100000',
  )
})
