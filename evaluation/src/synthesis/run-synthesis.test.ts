import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorReply, type FakeGateway, type Received, startFakeGateway } from '../testing/fake-gateway.js'
import { useFolder } from '../testing/folder.js'
import { synthesisOptions } from '../testing/synthesis-options.js'
import type { SynthesisOptions } from './options.js'
import { runSynthesis } from './run-synthesis.js'

const folder = useFolder()
let gateway: FakeGateway
let judged: FakeGateway
beforeAll(async () => {
  gateway = await startFakeGateway({ intercept: sayTheSame })
  judged = await startFakeGateway({ rewardModels: ['picker', 'oracle'], intercept: refuseLong })
})
afterAll(async () => {
  await gateway.stop()
  await judged.stop()
})

/** All strategies answer some prompts alike. */
function sayTheSame({ body }: Received) {
  const text = /same: (\w*)/.exec(JSON.stringify(body))?.[1]
  const choice = { message: { content: text === 'blank' ? ' ' : 'always' }, finish_reason: 'stop' }
  return text === undefined ? undefined : { status: 200, text: JSON.stringify({ choices: [choice] }) }
}

function refuseLong({ path, body }: Received) {
  const isLong = path === '/v1/score' && JSON.stringify(body).includes('too long')
  return isLong ? errorReply(400, { message: 'the conversation is too long' }) : undefined
}

const user = (content: string) => [{ role: 'user', content }]
let number = 0

/** Makes pairs of some rows, and returns what is in the file. */
async function synthesize(
  rows: readonly object[] | readonly string[],
  changes: Partial<SynthesisOptions> = {},
  { url } = gateway,
) {
  const isText = typeof rows[0] === 'string'
  const path = join(folder(), `prompts-${++number}.${isText ? 'txt' : 'jsonl'}`)
  await writeFile(path, rows.map((row) => `${isText ? row : JSON.stringify(row)}\n`).join(''))
  const out = join(folder(), `pairs-${number}.jsonl`)
  const counts = await runSynthesis(await synthesisOptions(path, out, url, changes))
  return { path, out, counts, rows: await readRows(out) }
}

async function readRows(path: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** The answer of a side. */
const textOf = (side: unknown) => (side as { content: string }[]).at(-1)?.content

describe('pairs', () => {
  it('are conversations of AAD and of the nucleus, with token ids, and nulls instead of scores', async () => {
    const { rows, counts } = await synthesize(['Hi', 'Ho'])
    const answer = [{ role: 'assistant', content: expect.stringMatching(/ é\u2028数\n$/) }]
    const ids = [expect.any(Number), expect.any(Number), expect.any(Number)]
    expect(rows[1]).toEqual({
      ...{ prompt: user('Ho'), chosen: answer, rejected: answer, index: 1 },
      ...{ score_chosen: null, score_rejected: null, finish_reason_chosen: 'stop', finish_reason_rejected: 'stop' },
      ...{ token_ids_chosen: ids, token_ids_rejected: ids },
    })
    expect(counts).toEqual({ prompts: 2, pairs: 2, cut: 0, dropped: {} })
    const asked = gateway.received.map(({ body }) => body.decoding)
    expect(asked).toContainEqual({ strategy: 'aad' })
    expect(asked).toContainEqual({ strategy: 'sample', top_p: 0.9 })
  })

  it('hold each prompt once, and drop identical and empty answers and refusals by reason', async () => {
    const prompts = ['Hi', 'same: a', 'Hi', 'same: blank', 'refuse this', 'same: b']
    const { out, rows, counts } = await synthesize(prompts)
    expect(rows).toMatchObject([{ prompt: user('Hi'), index: 0 }])
    const dropped = {
      'prompts that are in the file twice': 1,
      'chosen and rejected are identical': 2,
      'an answer is empty': 1,
      'the gateway refused the prompt': 1,
    }
    expect(counts).toEqual({ prompts: 6, pairs: 1, cut: 0, dropped })
    const manifest = JSON.parse(await readFile(`${out}.manifest.json`, 'utf8'))
    expect(manifest).toMatchObject({ settings: { seed: 7, code: '0.1.0' }, runs: [{ pairs: 1, dropped }] })
  })

  it('have the prompt in both sides for RewardTrainer', async () => {
    const { rows } = await synthesize(['Hi'], { isImplicit: true })
    expect(rows[0]).not.toHaveProperty('prompt')
    expect(rows[0]).toMatchObject({
      chosen: [...user('Hi'), { role: 'assistant' }],
      rejected: [...user('Hi'), { role: 'assistant' }],
    })
  })

  it('are texts for prompts that are texts', async () => {
    const changes = { body: { max_tokens: 5 } }
    const { rows } = await synthesize([{ prompt: 'Once' }], changes)
    expect(rows[0]).toMatchObject({ prompt: 'Once', chosen: expect.any(String), rejected: expect.any(String) })
    const implicit = await synthesize([{ prompt: 'Once' }], { ...changes, isImplicit: true })
    expect(implicit.rows[0]).toMatchObject({ chosen: `Once${String(rows[0]?.chosen)}` })
  })

  it('keep tools for the chat template, and no column that TRL would read as a loss', async () => {
    const row = { prompt: user('Hi'), tools: [{ type: 'function' }], chosen: 'x', rejected: 'y', margin: 3 }
    const { rows } = await synthesize([row])
    expect(rows[0]).toMatchObject({ tools: row.tools })
    expect(rows[0]).not.toHaveProperty('margin')
    expect(gateway.received.at(-1)?.body).toMatchObject({ tools: row.tools })
  })

  it('count chosen answers that were cut, or drop them', async () => {
    const cut = await startFakeGateway({
      intercept: ({ body }) => {
        const choice = { message: { content: JSON.stringify(body.decoding) }, finish_reason: 'length' }
        return { status: 200, text: JSON.stringify({ choices: [choice] }) }
      },
    })
    expect((await synthesize(['Hi'], {}, cut)).counts).toMatchObject({ pairs: 1, cut: 1 })
    const { counts } = await synthesize(['Hi'], { completeOnly: true }, cut)
    expect(counts).toMatchObject({ pairs: 0, dropped: { 'an answer was cut by the limit of tokens': 1 } })
    await cut.stop()
  })
})

describe('refusals', () => {
  const refuse = (param: string) => startFakeGateway({ intercept: () => errorReply(400, { message: 'no', param }) })

  it('of one prompt drop it', async () => {
    const fake = await refuse('messages')
    const { counts } = await synthesize(['Hi'], {}, fake)
    expect(counts).toMatchObject({ pairs: 0, dropped: { 'the gateway refused the prompt': 1 } })
    await fake.stop()
  })

  it.each(['max_tokens', 'decoding.alpha'])('of %s, which all requests have, end the run', async (param) => {
    const fake = await refuse(param)
    const running = synthesize(['Hi'], { body: { max_tokens: -1 } }, fake)
    await expect(running).rejects.toThrow(`the server refuses ${param.split('.')[0]}, which all requests have: no`)
    await fake.stop()
  })
})

describe('scores', () => {
  it('are those of the first reward model, or of the named one', async () => {
    const { rows } = await synthesize(['Hi'], {}, judged)
    expect(rows).toMatchObject([{ score_chosen: expect.any(Number), score_rejected: expect.any(Number) }])
    expect(judged.received.at(-1)?.body).toMatchObject({ model: 'picker', messages: [...user('Hi'), {}] })
    await synthesize(['Hi'], { rewardModel: 'oracle' }, judged)
    expect(judged.received.at(-1)?.body).toMatchObject({ model: 'oracle' })
  })

  it('select the best and the worst of the same samples', async () => {
    const best = { chosen: { strategy: 'best-of-n', n: 5 }, rejected: { strategy: 'worst-of-n', n: 5 } }
    const { rows, out } = await synthesize(['Hi', 'Ho'], best, judged)
    const answers = await readRows(out.replace('.jsonl', '.answers.jsonl'))
    const scores = (await readRows(out.replace('.jsonl', '.scores.jsonl'))).map(({ score }) => Number(score))
    expect(answers).toHaveLength(10)
    for (const [i, row] of rows.entries()) {
      const own = scores.slice(5 * i, 5 * i + 5)
      expect([row.score_chosen, row.score_rejected]).toEqual([Math.max(...own), Math.min(...own)])
      expect(answers[5 * i + own.indexOf(Math.max(...own))]).toMatchObject({ text: textOf(row.chosen) })
      expect(answers[5 * i + own.indexOf(Math.min(...own))]).toMatchObject({ text: textOf(row.rejected) })
    }
  })

  it('are null if the reward model refuses the answer', async () => {
    const { rows } = await synthesize(['too long'], {}, judged)
    expect(rows).toMatchObject([{ score_chosen: null, score_rejected: null }])
    const sides = { chosen: { strategy: 'best-of-n', n: 2 }, rejected: { strategy: 'greedy-dpo' } }
    const { counts } = await synthesize(['too long'], sides, judged)
    expect(counts.dropped).toEqual({ 'the reward model refused an answer': 1 })
  })
})

describe('a second round', () => {
  it('keeps the rejected answers of the first, and makes chosen anew', async () => {
    const first = await synthesize(['Hi', 'Ho', 'same: a'], {}, judged)
    const round = { rejected: { from: first.out }, chosen: { strategy: 'aad', alpha: 0.3 } }
    const second = await synthesize(['Ho', 'Hi', 'same: a', 'new'], round, judged)
    const [hi, ho, same] = first.rows
    expect(second.rows).toMatchObject([
      { prompt: ho?.prompt, rejected: ho?.rejected, score_rejected: ho?.score_rejected },
      { prompt: hi?.prompt, rejected: hi?.rejected, token_ids_rejected: hi?.token_ids_rejected },
      { prompt: same?.prompt, rejected: same?.rejected },
    ])
    expect(second.rows[0]?.chosen).not.toEqual(ho?.chosen)
    expect(second.counts).toMatchObject({
      pairs: 3,
      dropped: { 'prompts that the earlier round does not have': 1 },
    })
    // The file of the first round is a file of prompts, too, in either form.
    const implicit = await synthesize(['Hi'], { isImplicit: true })
    const third = await synthesize(['Hi'], { rejected: { from: implicit.out }, chosen: { strategy: 'greedy-dpo' } })
    expect(textOf(third.rows[0]?.rejected)).toBe(textOf(implicit.rows[0]?.rejected))
  })

  it('uses the last pair of a prompt, and counts the others', async () => {
    const { out, rows } = await synthesize(['Hi'])
    await writeFile(
      out,
      [{ ...rows[0], rejected: user('other') }, rows[0]].map((row) => `${JSON.stringify(row)}\n`).join(''),
    )
    const { counts, rows: second } = await synthesize(['Hi'], { rejected: { from: out } })
    expect(second).toMatchObject([{ rejected: rows[0]?.rejected }])
    expect(counts.dropped).toEqual({ 'pairs of the earlier round with the prompt of a later one': 1 })
  })

  it('refuses a file without pairs, or without these prompts', async () => {
    const { path, out } = await synthesize(['Hi'])
    await expect(synthesize(['Hi'], { rejected: { from: path } })).rejects.toThrow(
      `${path} line 1 is not a preference pair: expected prompt, chosen and rejected`,
    )
    await expect(synthesize(['other'], { rejected: { from: out } })).rejects.toThrow(
      'is in the file of --rejected-from',
    )
  })
})

describe('what cannot work is refused', () => {
  const best = { chosen: { strategy: 'best-of-n' } }
  it.each<[Partial<SynthesisOptions>, string]>([
    [{ chosen: { strategy: 'sample' } }, 'chosen and rejected are both sample: every pair would be identical'],
    [best, 'best-of-n and worst-of-n need a reward model; the reward models of the gateway are: none'],
    [{ rewardModel: 'x' }, '--score-with x is not served; the reward models of the gateway are: none'],
    [{ chosen: { strategy: 'best-of-n', n: 1 } }, 'n of best-of-n is 1: expected a whole number from 2 to 64'],
    [{ chosen: { strategy: 'best-of-n', reward: 'x' } }, 'reward of best-of-n cannot be set here: use --score-with'],
    [{ chosen: { strategy: 'aad', seed: 1 } }, 'decoding.seed cannot be set for a batch: use --seed'],
    [{ body: { n: 2 } }, 'n cannot be set for a batch'],
    [{ body: { decoding: {} } }, 'decoding cannot be set in --body: use --chosen and --rejected'],
  ])('%j', async (changes, message) => expect(synthesize(['Hi'], changes)).rejects.toThrow(message))

  it('refuses prompts that no trainer reads', async () => {
    const ended = [...user('Hi'), { role: 'assistant', content: 'x' }]
    await expect(synthesize([{ prompt: ended }])).rejects.toThrow('prompt 1 ends with a message of the role assistant')
    const row = (body: object, url: string, id: string) => ({ custom_id: id, method: 'POST', url, body })
    const mixed = [
      row({ messages: user('Hi') }, '/v1/chat/completions', 'a'),
      row({ prompt: 'Once' }, '/v1/completions', 'b'),
    ]
    await expect(synthesize(mixed, { body: { max_tokens: 5 } })).rejects.toThrow('expected one kind in a file')
    await expect(synthesize([{ prompt: 'Once' }])).rejects.toThrow('generates only 16 tokens by default')
    await expect(synthesize([{ prompt: 'Once' }], best)).rejects.toThrow('a reward model needs conversations')
  })

  it('refuses to continue a file with other settings', async () => {
    const { path, out } = await synthesize(['Hi'])
    const again = await synthesisOptions(path, out, gateway.url, { isImplicit: true })
    await expect(runSynthesis(again)).rejects.toThrow('implicit_prompt is true, and was false')
    expect(await runSynthesis(await synthesisOptions(path, out, gateway.url))).toMatchObject({ pairs: 1 })
  })
})
