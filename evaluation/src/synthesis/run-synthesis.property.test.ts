import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assert, asyncProperty, boolean, constantFrom, nat, uint8Array } from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type FakeGateway, type Received, startFakeGateway } from '../testing/fake-gateway.js'
import { useFolder } from '../testing/folder.js'
import { synthesisOptions } from '../testing/synthesis-options.js'
import { runPaths } from './run-paths.js'
import { runSynthesis } from './run-synthesis.js'

const folder = useFolder()
let gateway: FakeGateway
beforeAll(async () => {
  gateway = await startFakeGateway({ rewardModels: ['picker'], intercept: echo })
})
afterAll(() => gateway.stop())

/** Answers of adherence prompts name their topic, so that there are good samples. */
function echo({ body, path }: Received) {
  const topic = /about (\w+)/.exec(JSON.stringify(body.messages))?.[1]
  if (path === '/v1/score' || topic === undefined) return undefined
  const content = `Once ${topic} number ${Number(body.seed) % 997}`
  const choice = { message: { content }, finish_reason: 'stop', token_ids: [1, 2, 3] }
  return { status: 200, text: JSON.stringify({ choices: [choice], usage: undefined }) }
}

const plain = ['one', 'refuse this', 'zwei 数', 'one', 'three\u2028', 'four'].join('\n')
const topics = ['camping', 'refuse', 'gardens', 'rivers', 'piano'].map((topic) => `Write about ${topic}`).join('\n')
const adherence = {
  samples: 3,
  pairsPerPrompt: 2,
  failedPairsPerPrompt: 1,
  kindField: 'kind',
  expectedField: 'expected',
}
const best = { chosen: { strategy: 'best-of-n', n: 3 }, rejected: { strategy: 'worst-of-n', n: 3 } }
const runs = { paper: {}, best, adherence: { adherence, chosen: { strategy: 'sample' } } }
type Name = keyof typeof runs

let number = 0
async function prepare(name: Name) {
  const path = join(folder(), `${name}.txt`)
  await writeFile(path, name === 'adherence' ? topics : plain)
  return synthesisOptions(path, join(folder(), `pairs-${++number}.jsonl`), gateway.url, runs[name])
}

it('continued from any byte of its files, also with garbage after it, the pairs are those of an unbroken run', () =>
  assert(
    asyncProperty(
      constantFrom(...(Object.keys(runs) as Name[])),
      constantFrom('answers', 'scores'),
      nat(10_000),
      uint8Array({ maxLength: 30 }),
      boolean(),
      async (name, stage, at, garbage, hasPairs) => {
        const options = await prepare(name)
        const paths = runPaths(options.out)
        await runSynthesis(options)
        const whole = await readFile(options.out)
        expect(whole.length).toBeGreaterThan(0)
        const path = name === 'adherence' ? paths.answers : paths[stage]
        const kept = at % ((await readFile(path)).length + 1)
        await truncate(path, kept)
        await writeFile(path, garbage, { flag: 'a' })
        if (path === paths.answers && name !== 'adherence') await rm(paths.scores)
        if (hasPairs) await writeFile(`${options.out}.new`, 'half a row')
        else await rm(options.out)
        await runSynthesis(options)
        expect(await readFile(options.out)).toEqual(whole)
      },
    ),
    { numRuns: 40 },
  ))

it('the pairs are the same at any concurrency', async () => {
  for (const name of Object.keys(runs) as Name[]) {
    const files = []
    for (const concurrency of [1, 2, 16]) {
      const options = { ...(await prepare(name)), concurrency }
      await runSynthesis(options)
      files.push(await readFile(options.out, 'utf8'))
    }
    expect(new Set(files).size).toBe(1)
  }
})
