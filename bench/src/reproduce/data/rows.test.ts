import { expect, test } from 'vitest'
import { type Message, makeRows } from './rows.js'
import { plainWords, things, warmWords } from './words.js'

const warmth = ([answer]: readonly Message[]): number =>
  answer?.content.split(/\W+/).filter((word) => warmWords.includes(word)).length ?? 0

test('the chosen answer of each pair has more warm words', () => {
  for (const { chosen, rejected } of makeRows(1).pairs) expect(warmth(chosen)).toBeGreaterThan(warmth(rejected))
})

test('a seed makes its own rows, for each prompt once', () => {
  expect(makeRows(1)).toEqual(makeRows(1))
  expect(makeRows(1).pairs).not.toEqual(makeRows(2).pairs)
  const prompts = makeRows(1).pairs.map(({ prompt }) => prompt[0]?.content)
  expect(new Set(prompts).size).toBe(prompts.length)
})

test('words that can stand in the same place begin with different letters', () => {
  for (const words of [things, [...warmWords, ...plainWords]])
    expect(new Set(words.map(([letter]) => letter)).size).toBe(words.length)
})
