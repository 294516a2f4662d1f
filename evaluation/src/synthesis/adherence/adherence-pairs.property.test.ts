import { array, assert, asyncProperty, constantFrom, integer, option, record, string, uniqueArray } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Answer } from '../../answers/answer.js'
import { isRight } from '../../criteria/expected.js'
import { isRefusal } from '../../criteria/refusal.js'
import { repetition } from '../../criteria/repetition.js'
import { collect } from '../../testing/collect.js'
import { Tally } from '../counts.js'
import type { Group } from '../read-groups.js'
import { pairAdherence } from './adherence-pairs.js'
import { isNear } from './find-rejected.js'
import { maxRepetition } from './judged-prompt.js'

const settings = { kindField: 'kind', expectedField: 'expected', completeOnly: false, samples: 4 }
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

const make = (all: readonly Group[], seed: number, pairsPerPrompt: number, tally = new Tally()) =>
  collect(pairAdherence(stream(all), { ...settings, seed, pairsPerPrompt, count: all.length }, tally))

describe('adherence pairs', () => {
  it('are good samples of nearly the same length, of two prompts of one kind, no pair twice', async () => {
    let found = 0
    await assert(
      asyncProperty(groups, integer(), integer({ min: 1, max: 3 }), async (rows, seed, pairsPerPrompt) => {
        const all = rows.map(groupOf)
        const pairs = await make(all, seed, pairsPerPrompt)
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
          for (const { text } of [chosen, rejected]) {
            expect(isRefusal(text)).toBe(false)
            expect(repetition(text)).toBeLessThanOrEqual(maxRepetition)
          }
          const expected = prompt.columns.expected
          if (typeof expected === 'string')
            expect([isRight([expected], chosen.text), isRight([expected], rejected.text)]).toEqual([true, false])
        }
        const keys = pairs.map(({ prompt, chosen }) => `${prompt.index} ${chosen.text}`)
        expect(new Set(keys).size).toBe(keys.length)
        const perPrompt = all.map(({ prompt }) => pairs.filter((pair) => pair.prompt === prompt).length)
        expect(Math.max(0, ...perPrompt)).toBeLessThanOrEqual(pairsPerPrompt)
      }),
      { numRuns: 500 },
    )
    expect(found).toBeGreaterThan(100)
  })

  it('are the same for the same seed', () =>
    assert(
      asyncProperty(groups, integer(), async (rows, seed) => {
        const all = rows.map(groupOf)
        expect(await make(all, seed, 2)).toEqual(await make(all, seed, 2))
      }),
    ))

  it('every sample is paired or counted', () =>
    assert(
      asyncProperty(groups, async (rows) => {
        const tally = new Tally()
        const pairs = await make(rows.map(groupOf), 1, 4, tally)
        const counts = Object.entries(tally.toRecord())
        const dropped = counts.filter(([reason]) => !reason.startsWith('prompts'))
        const total = dropped.reduce((sum, [, count]) => sum + count, 0)
        expect(pairs.length + total).toBe(rows.reduce((sum, { answers: own }) => sum + own.length, 0))
      }),
    ))
})
