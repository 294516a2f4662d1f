import { describe, expect, it } from 'vitest'
import { isRight, readExpected } from './expected.js'
import { isRefusal } from './refusal.js'
import { repetition } from './repetition.js'
import { topicShare } from './topic.js'
import { contentStems, wordsOf } from './words.js'

describe('wordsOf', () => {
  it('returns lower case without punctuation, keeps apostrophes, and splits Chinese into characters', () => {
    expect(wordsOf("Don’t PANIC: it's 42, ﬁne! 花园")).toEqual(["don't", 'panic', "it's", '42', 'fine', '花', '园'])
    expect(wordsOf(' \n—')).toEqual([])
  })
})

describe('repetition is the share of 4-grams that were there before', () => {
  it.each([
    ['a b c', 0],
    ['a b c d e', 0],
    // abcd bcda cdab dabc abcd: 4 of 5 are distinct.
    ['a b c d a b c d', 0.2],
    // One 4-gram, five times.
    ['go go go go go go go go', 0.8],
    ['', 0],
  ])('%j: %d', (text, share) => expect(repetition(text)).toBeCloseTo(share, 12))
})

describe('isRefusal', () => {
  it.each([
    "I'm sorry for your loss.",
    'I am really sorry, but no.',
    'Well. I cannot help\nwith that.',
    'As an AI language model, I do this.',
    'as a helpful AI, I will',
    'I don’t have the ability to explain the body.',
    "I'm not programmed for it.",
    "I'm a chatbot.",
  ])('%j is one', (text) => expect(isRefusal(text)).toBe(true))

  it.each([
    'Camping in the rain is no joke.',
    'Tell your friend that she is sorry for the delay.',
    'AI is a field of computer science.',
    'As an aid for the eyes, glasses help.',
    'If you cannot help it, rest.',
  ])('%j is none', (text) => expect(isRefusal(text)).toBe(false))
})

describe('topicShare', () => {
  const share = (prompt: string, answer: string) => topicShare(contentStems(prompt), contentStems(answer))
  it.each([
    ['I need help with camping in the rain.', 'Camps on rainy days', 1],
    ['I need help with camping in the rain.', 'Rain.', 0.5],
    ['I need help with camping in the rain.', 'Pianos.', 0],
    ['What is it?', 'Pianos.', null],
  ])('%j, %j: %d', (prompt, answer, expected) => expect(share(prompt, answer)).toBe(expected))
})

describe('expected answers', () => {
  it.each<[unknown, readonly string[]]>([
    ['Rome', ['Rome']],
    [42, ['42']],
    [
      ['NYC', 'New York', 1],
      ['NYC', 'New York', '1'],
    ],
    [null, []],
    [[], []],
    [undefined, []],
  ])('%j', (value, expected) => expect(readExpected({ expected: value }, 'expected')).toEqual(expected))

  it.each([true, { a: 1 }, '?', ['a', null]])('%j is refused', (value) =>
    expect(() => readExpected({ answer: value }, 'answer')).toThrow('answer is '),
  )

  it.each([
    ['Rome', 'The capital is ROME.', true],
    ['Rome', 'Romeo', false],
    ['New York', 'new   york!', true],
    ['New York', 'New, York', true],
    ['New York', 'New or York', false],
    ['New York', 'York New', false],
    ['4', 'It is 42', false],
  ])('%j in %j: %j', (expected, answer, right) => expect(isRight([expected], answer)).toBe(right))
})
