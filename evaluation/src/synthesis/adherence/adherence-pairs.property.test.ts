import { array, assert, asyncProperty, constantFrom, integer, option, record, string, uniqueArray } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../../answers/answer.js'
import { isRight } from '../../criteria/expected.js'
import { isRefusal } from '../../criteria/refusal.js'
import { repetition } from '../../criteria/repetition.js'
import { topicShare } from '../../criteria/topic.js'
import { contentStems } from '../../criteria/words.js'
import { collect } from '../../testing/collect.js'
import { Tally } from '../counts.js'
import type { Pair } from '../pair.js'
import type { Group } from '../read-groups.js'
import { pairAdherence } from './adherence-pairs.js'
import { isNear } from './find-rejected.js'
import { type JudgeSettings, maxRepetition, minTopic } from './judged-prompt.js'

const settings = { kindField: 'kind', expectedField: 'expected', completeOnly: false, samples: 4 }
type Limits = Pick<JudgeSettings, 'pairsPerPrompt' | 'failedPairsPerPrompt'>
const topics = ['camping', 'gardens', 'rivers', 'piano', 'bread', 'rome']

/** A sample: about its prompt or about another topic, good or not. */
interface MadeAnswer {
  readonly topic: string | null
  readonly more: string
  readonly finishReason: string
  readonly length: number
}
interface MadePrompt {
  readonly topic: string
  readonly tail: string
  readonly kind: string | null
  readonly expected: string | null
  readonly answers: readonly (MadeAnswer | null)[]
}

const answers = record({
  topic: option(constantFrom(...topics), { freq: 1 }),
  more: constantFrom('I am sorry', 'go go go go go go go go', 'with joy', 'every day of the year', 'by joy', 'rome'),
  finishReason: constantFrom('stop', 'length'),
  length: integer({ min: 8, max: 14 }),
})
const groups = uniqueArray(
  record({
    topic: constantFrom(...topics),
    tail: string({ maxLength: 3 }),
    kind: option(constantFrom('how', 'what')),
    expected: option(constantFrom('rome', 'joy'), { freq: 1 }),
    answers: array(option(answers), { maxLength: 4 }),
  }),
  { maxLength: 12, selector: ({ topic, tail }) => `${topic} ${tail}` },
)

function groupOf(row: MadePrompt, index: number): Group {
  const prompt = [{ role: 'user', content: `Write about ${row.topic} ${row.tail}` }]
  const columns = { kind: row.kind, expected: row.expected }
  const pool = row.answers.map((answer) => answer && answerOf(row, answer))
  return { prompt: { index, prompt, columns, body: {}, customId: null }, pools: [pool] }
}

function answerOf(row: MadePrompt, { topic, more, finishReason, length }: MadeAnswer): Answer {
  const tokenIds = Array.from({ length }, (_, i) => i)
  return { text: `${topic ?? row.topic} ${more}`, reasoning: null, finishReason, tokenIds, score: null }
}

async function* stream(all: readonly Group[]): AsyncGenerator<Group> {
  yield* all
}

const make = (all: readonly Group[], seed: number, limits: Limits, tally = new Tally()) =>
  collect(pairAdherence(stream(all), { ...settings, ...limits, seed, count: all.length }, tally))

const questionOf = (prompt: Group['prompt']['prompt']) =>
  typeof prompt === 'string' ? prompt : String(prompt.at(-1)?.content)

/** The criterion that the text fails, without the code under test; null if it is good. */
function faultOf(text: string, { prompt, columns }: Group['prompt']): string | null {
  if (repetition(text) > maxRepetition) return 'repetitive'
  if (isRefusal(text)) return 'a refusal'
  if (typeof columns.expected === 'string') return isRight([columns.expected], text) ? null : 'not the expected answer'
  const topic = topicShare(contentStems(questionOf(prompt)), contentStems(text))
  return topic !== null && topic < minTopic ? 'off topic' : null
}

const limits = record({
  pairsPerPrompt: integer({ min: 1, max: 3 }),
  failedPairsPerPrompt: integer({ min: 0, max: 2 }),
})

describe('adherence pairs', () => {
  it('are good samples of nearly the same length, of two prompts of one kind, no pair twice', async () => {
    let found = 0
    await assert(
      asyncProperty(groups, integer(), limits, async (rows, seed, most) => {
        const all = rows.map(groupOf)
        const pairs = (await make(all, seed, most)).filter(({ columns }) => columns.fault_rejected === null)
        found += pairs.length
        for (const { prompt, chosen, rejected, columns } of pairs) {
          const source = all[Number(columns.index_rejected)]
          expect(source?.prompt.index).not.toBe(prompt.index)
          expect(source?.pools[0]).toContain(rejected)
          expect(all[prompt.index]?.pools[0]).toContain(chosen)
          expect(source?.prompt.columns.kind).toBe(prompt.columns.kind)
          expect(chosen.text.trim()).not.toBe(rejected.text.trim())
          expect(isNear(chosen.tokenIds?.length ?? 0, rejected.tokenIds?.length ?? 0)).toBe(true)
          expect(chosen.finishReason).toBe(rejected.finishReason)
          expect(faultOf(chosen.text, prompt)).toBe(null)
          expect(source && faultOf(rejected.text, source.prompt)).toBe(null)
          const expected = prompt.columns.expected
          if (typeof expected === 'string') expect(isRight([expected], rejected.text)).toBe(false)
        }
        expectDistinct(pairs, most.pairsPerPrompt)
      }),
      { numRuns: 500 },
    )
    expect(found).toBeGreaterThan(100)
  })

  it('if asked for, are also samples of one prompt of which one fails a criterion', async () => {
    let found = 0
    await assert(
      asyncProperty(groups, integer(), limits, async (rows, seed, most) => {
        const all = rows.map(groupOf)
        const pairs = (await make(all, seed, most)).filter(({ columns }) => columns.fault_rejected !== null)
        found += pairs.length
        for (const { prompt, chosen, rejected, columns } of pairs) {
          expect(columns.index_rejected).toBe(prompt.index)
          for (const side of [chosen, rejected]) expect(all[prompt.index]?.pools[0]).toContain(side)
          expect(isNear(chosen.tokenIds?.length ?? 0, rejected.tokenIds?.length ?? 0)).toBe(true)
          expect(chosen.finishReason).toBe(rejected.finishReason)
          expect([faultOf(chosen.text, prompt), faultOf(rejected.text, prompt)]).toEqual([null, columns.fault_rejected])
        }
        expectDistinct(pairs, most.failedPairsPerPrompt)
      }),
      { numRuns: 500 },
    )
    expect(found).toBeGreaterThan(100)
  })

  it('without such pairs, the others are the same', () =>
    assert(
      asyncProperty(groups, integer(), limits, async (rows, seed, most) => {
        const all = rows.map(groupOf)
        const both = await make(all, seed, most)
        const without = await make(all, seed, { ...most, failedPairsPerPrompt: 0 })
        expect(both.filter(({ columns }) => columns.fault_rejected === null)).toEqual(without)
      }),
    ))

  it('are the same for the same seed', () =>
    assert(
      asyncProperty(groups, integer(), limits, async (rows, seed, most) => {
        const all = rows.map(groupOf)
        expect(await make(all, seed, most)).toEqual(await make(all, seed, most))
      }),
    ))

  it('every sample is in a pair or counted', () =>
    assert(
      asyncProperty(groups, integer({ min: 0, max: 4 }), async (rows, failedPairsPerPrompt) => {
        const tally = new Tally()
        const pairs = await make(rows.map(groupOf), 1, { pairsPerPrompt: 4, failedPairsPerPrompt }, tally)
        const counts = Object.entries(tally.toRecord())
        const dropped = counts.filter(([reason]) => !reason.startsWith('prompts'))
        const total = dropped.reduce((sum, [, count]) => sum + count, 0)
        expect(pairs.length + total).toBe(rows.reduce((sum, { answers: own }) => sum + own.length, 0))
      }),
    ))
})

function expectDistinct(pairs: readonly Pair[], perPrompt: number): void {
  const keys = pairs.map(({ prompt, chosen, rejected }) => `${prompt.index} ${chosen.text} ${rejected.text}`)
  expect(new Set(keys).size).toBe(keys.length)
  for (const { prompt } of pairs)
    expect(pairs.filter((other) => other.prompt === prompt).length).toBeLessThanOrEqual(perPrompt)
}
