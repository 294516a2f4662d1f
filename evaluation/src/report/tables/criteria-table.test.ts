import { expect, it } from 'vitest'
import { parseResults } from '../results/parse-results.js'
import { ScoredResults } from '../results/scored-results.js'
import { smallResults } from '../testing/small-results.js'
import { criteriaTable } from './criteria-table.js'
import type { Cell } from './table.js'

const numberOf = (cell: Cell) =>
  cell.kind === 'estimate' ? cell.estimate.value : cell.kind === 'number' ? cell.value : null

/** The table of one method that answers each prompt with a text. */
function measure(rows: readonly { prompt: string; expected?: string[]; answer: string; oracle?: number | null }[]) {
  const small = smallResults({ AAD: rows.map(({ oracle = 1 }) => oracle) })
  const prompts = small.prompts.map((prompt, i) => {
    const { prompt: text = '', expected = [] } = rows[i] ?? {}
    return { ...prompt, text, expected }
  })
  const answers = small.answers.map((answer, i) => ({ ...answer, text: rows[i]?.answer ?? '' }))
  const table = criteriaTable(new ScoredResults(parseResults({ ...small, prompts, answers })), { resamples: 200 })
  return Object.fromEntries(table.columns.map((name, i) => [name, numberOf(table.rows[0]?.[i] as Cell)]))
}

it('measures each answer by its prompt', () => {
  const found = measure([
    { prompt: 'Which city is the capital of Italy?', expected: ['Rome', 'Roma'], answer: 'Rome is the capital.' },
    { prompt: 'Which city is the capital of Peru?', expected: ['Lima'], answer: 'Rome is the capital of Peru.' },
    { prompt: 'Tell me about rain.', answer: "I'm sorry, I cannot help with rain." },
    { prompt: 'What is it?', answer: 'go go go go go go go go' },
  ])
  // City, capital and Italy or Peru: 1 of 3 and 2 of 3; rain: 1 of 1; the last prompt has no
  // content words.
  expect(found['on topic']).toBeCloseTo((1 / 3 + 2 / 3 + 1) / 3, 12)
  expect(found.repeats).toBeCloseTo(0.8 / 4, 12)
  expect(found).toMatchObject({ answers: 4, refuses: 0.25, right: 0.5, tokens: 25 })
})

it('counts answers that no oracle scored, and has no share of right answers if none is expected', () => {
  const found = measure([{ prompt: 'Name a river.', answer: 'The river Rhine', oracle: null }])
  expect(found).toMatchObject({ answers: 1, 'on topic': 1, right: null })
})
