import { expect, it } from 'vitest'
import { contentStems } from '../../criteria/words.js'
import { type Candidate, findRejected, isNear } from './find-rejected.js'
import type { JudgedPrompt, Sample } from './judged-prompt.js'

function sampleOf(text: string, rank: number, topic: number | null = 1, finishReason = 'stop'): Sample {
  const answer = { text, reasoning: null, finishReason, tokenIds: null, score: null }
  return { answer, number: 0, topic, repetition: 0, stems: contentStems(text), length: 10, rank }
}
function promptOf(text: string, expected: readonly string[] = []): JudgedPrompt {
  const prompt = { index: 0, prompt: text, columns: {}, body: {}, customId: null }
  return { prompt, kind: '', expected, stems: contentStems(text), samples: [], failed: [] }
}
const asked = promptOf('camping rain')
const other = promptOf('piano')
const candidate = (sample: Sample, uses = 0, source = other): Candidate => ({ source, sample, uses })

it.each([
  [10, 11, true],
  [10, 12, false],
  [3, 2, true],
  [100, 110, true],
  [100, 111, false],
  [100, 90, true],
])('lengths %d and %d: %j', (chosen, rejected, near) => expect(isNear(chosen, rejected)).toBe(near))

it('finds the least used sample, then the one of the lowest rank', () => {
  const chosen = sampleOf('camping in rain', 0)
  const [used, late, early] = [
    candidate(sampleOf('keys', 1), 1),
    candidate(sampleOf('strings', 5)),
    candidate(sampleOf('notes', 2)),
  ]
  expect(findRejected(asked, chosen, [used, late, early])).toBe(early)
  expect(findRejected(asked, chosen, [used])).toBe(used)
})

it.each([
  ['of the same prompt', candidate(sampleOf('keys', 1), 0, asked)],
  ['with another ending', candidate(sampleOf('keys', 1, 1, 'length'))],
  ['that fits the prompt as well', candidate(sampleOf('rainy camps', 1))],
  ['of another length', candidate({ ...sampleOf('keys', 1), length: 20 })],
  ['with the same text', candidate(sampleOf(' camping in rain', 1))],
])('takes no sample %s', (_, found) => {
  expect(findRejected(asked, sampleOf('camping in rain', 0), [found])).toBe(null)
})

it('takes no sample that is right for this prompt, too', () => {
  const capital = promptOf('capital of Italy', ['Rome'])
  const found = findRejected(capital, sampleOf('Rome.', 0), [
    candidate(sampleOf('It is Rome', 1)),
    candidate(sampleOf('Paris', 2)),
  ])
  expect(found?.sample.answer.text).toBe('Paris')
})
