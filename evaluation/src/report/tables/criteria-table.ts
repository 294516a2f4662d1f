import { isRight } from '../../criteria/expected.js'
import { isRefusal } from '../../criteria/refusal.js'
import { repetition } from '../../criteria/repetition.js'
import { topicShare } from '../../criteria/topic.js'
import { contentStems } from '../../criteria/words.js'
import { estimateMean, type IntervalOptions, summarize } from '../../statistics/index.js'
import type { EvaluatedAnswer, EvaluatedPrompt, EvaluatedStrategy } from '../results/results-schema.js'
import type { ScoredResults, Setting } from '../results/scored-results.js'
import { type Cell, estimated, none, number, type Table, text } from './table.js'

/** A prompt with the stems of its content words. */
type StemmedPrompt = EvaluatedPrompt & { readonly stems: ReadonlySet<string> }

/** Measures one criterion of an answer; null if the criterion does not apply to the prompt. */
type Criterion = (prompt: StemmedPrompt, answer: string) => number | null

const criteria: Readonly<Record<string, Criterion>> = {
  'on topic': ({ stems }, answer) => topicShare(stems, contentStems(answer)),
  repeats: (_prompt, answer) => repetition(answer),
  refuses: (_prompt, answer) => Number(isRefusal(answer)),
  right: ({ expected }, answer) => (expected.length === 0 ? null : Number(isRight(expected, answer))),
}

/** Makes the table of what rules say of the answers' texts. It needs no reward model. */
export function criteriaTable(scored: ScoredResults, options: IntervalOptions): Table {
  const prompts = new Map(
    scored.results.prompts.map((prompt) => [prompt.id, { ...prompt, stems: contentStems(prompt.text) }]),
  )
  return {
    id: 'criteria',
    title: 'Answers by rules',
    caption:
      "On topic: mean share of the prompt's content words that the answer takes up. Repeats: mean share of 4-grams " +
      'of words that stood in the answer before. Refuses: share of answers that refuse, or speak of the model ' +
      '(English patterns). Right: share of the answers with an expected text, where one is given. Tokens: mean length. ' +
      'Brackets: 95% interval.',
    columns: ['method', 'pair', 'dataset', 'answers', ...Object.keys(criteria), 'tokens'],
    rows: scored
      .settings()
      .flatMap((setting) =>
        scored.results.strategies
          .filter(({ pair }) => pair === setting.pair)
          .map((strategy) => row(scored, prompts, setting, strategy, options)),
      ),
  }
}

function row(
  { results }: ScoredResults,
  prompts: ReadonlyMap<string, StemmedPrompt>,
  { pair, dataset }: Setting,
  strategy: EvaluatedStrategy,
  options: IntervalOptions,
): Cell[] {
  const answers = results.answers
    .filter((answer) => answer.strategy === strategy.id)
    .flatMap((answer) => {
      const prompt = prompts.get(answer.prompt)
      return prompt?.dataset === dataset ? [{ prompt, answer }] : []
    })
  const names = [text(strategy.label), text(pair), text(dataset), number(answers.length, 0)]
  const lengths = answers.map(({ answer }) => answer.tokens)
  return [
    ...names,
    ...Object.entries(criteria).map(([name, criterion]) => cell(name, criterion, answers, options)),
    lengths.length > 0 ? number(summarize('lengths', lengths).mean, 0) : none(),
  ]
}

/** The mean over prompts; the answers to one prompt are averaged first. */
function cell(
  name: string,
  criterion: Criterion,
  answers: readonly { readonly prompt: StemmedPrompt; readonly answer: EvaluatedAnswer }[],
  options: IntervalOptions,
): Cell {
  const byPrompt = new Map<string, number[]>()
  for (const { prompt, answer } of answers) {
    const value = criterion(prompt, answer.text)
    if (value !== null) byPrompt.set(prompt.id, [...(byPrompt.get(prompt.id) ?? []), value])
  }
  const means = [...byPrompt.values()].map((values) => values.reduce((sum, value) => sum + value) / values.length)
  return means.length > 0 ? estimated(estimateMean(name, means, options)) : none()
}
