import { type Check, checkClose, checkEqual } from './report.js'
import { encode, scoreTokens, type TextScore } from './score-text.js'
import { ask, type Server } from './server.js'

/** What lm-eval asked and found, of one backend. */
export interface EvaluationCase {
  readonly case: string
  readonly samples: Readonly<Record<string, readonly Sample[]>>
}

interface Sample {
  readonly arguments: readonly unknown[]
  readonly answer: readonly unknown[]
}

/** Cases in the order of test/fixtures/evaluations/evaluate.py. */
const caseNames = [
  'remote tokenizer, ids',
  'remote tokenizer, ids, concurrent',
  'remote tokenizer, ids, the SFT model',
  'remote tokenizer, text',
  'local tokenizer, ids',
  'local tokenizer, text',
  'chat',
]
/** Sums of log-probabilities may differ so much, because batches round differently. */
const error = 1e-3

/** Compares the scores and texts of all cases with own requests to the server. */
export async function checkCases(server: Server, cases: readonly EvaluationCase[]): Promise<Check[]> {
  const checks = [
    checkEqual(
      'lm-eval: all cases ran',
      cases.map((one) => one.case),
      caseNames,
    ),
  ]
  for (const one of cases) checks.push(...(await checkCase(server, one)))
  const [pair, sft] = [caseNames[0], caseNames[2]].map((name) => scoresOf(cases.find((one) => one.case === name)))
  const differ = pair?.some((score, i) => Math.abs(score - (sft?.[i] ?? score)) > 0.1)
  checks.push(checkEqual('lm-eval: the SFT model has scores of its own', differ, true))
  return checks
}

async function checkCase(server: Server, { case: name, samples }: EvaluationCase): Promise<Check[]> {
  const model = name.includes('SFT') ? 'sft' : 'dpo'
  const { tandem_choices: choices = [], tandem_rolling: texts = [], tandem_generate: answers = [] } = samples
  const checks: Check[] = []
  if (choices.length > 0) {
    const expected = await Promise.all(choices.map((sample) => scoreChoice(server, model, sample)))
    const found = choices.map(({ answer }) => answer[0] as readonly [number, boolean])
    const logprobs = expected.map(({ logprob }) => logprob)
    checks.push(checkClose(`lm-eval, ${name}: ${found.length} choices`, found.map(first), logprobs, error))
    const [isGreedy, wasGreedy] = [found.map(([, greedy]) => greedy), expected.map((score) => score.isGreedy)]
    checks.push(checkEqual(`lm-eval, ${name}: which choices are greedy`, isGreedy, wasGreedy))
  }
  if (texts.length > 0) {
    const expected = await Promise.all(texts.map((sample) => scoreWhole(server, model, sample)))
    const found = texts.map(({ answer }) => answer[0] as number)
    const logprobs = expected.map(({ logprob }) => logprob)
    checks.push(checkClose(`lm-eval, ${name}: ${found.length} whole texts`, found, logprobs, error))
  }
  if (answers.length > 0) {
    const expected = await Promise.all(answers.map((sample) => answerOf(server, sample)))
    const found = answers.map(({ answer }) => answer[0])
    checks.push(checkEqual(`lm-eval, ${name}: ${found.length} answers`, found, expected))
  }
  return checks
}

const first = ([value]: readonly [number, boolean]): number => value

const scoresOf = (one: EvaluationCase | undefined): readonly number[] =>
  (one?.samples.tandem_choices ?? []).map(({ answer }) => first(answer[0] as readonly [number, boolean]))

async function scoreChoice(server: Server, model: string, { arguments: texts }: Sample): Promise<TextScore> {
  const [context, choice] = texts as readonly [string, string]
  const [ids, start] = await Promise.all([encode(server, context + choice), encode(server, context)])
  return scoreTokens(server, model, ids, start.length)
}

/** A whole text is scored after BOS. */
async function scoreWhole(server: Server, model: string, { arguments: texts }: Sample): Promise<TextScore> {
  const [bos, ids] = await Promise.all([encode(server, '<|bos|>'), encode(server, texts[0] as string)])
  return scoreTokens(server, model, [...bos, ...ids], bos.length)
}

/** Asks for the answer to a prompt, or to a chat, which lm-eval shows as a list with its JSON. */
async function answerOf(server: Server, { arguments: given }: Sample): Promise<string | undefined> {
  const [prompt, options] = given as readonly [string | readonly [string], { until: string[]; max_gen_toks: number }]
  const { until, max_gen_toks: limit } = options
  const request = { model: server.model, max_tokens: limit, stop: until, temperature: 0 }
  if (typeof prompt === 'string') {
    const { choices } = await ask<{ choices: { text: string }[] }>(server, '/v1/completions', { ...request, prompt })
    return choices[0]?.text
  }
  const chat = { ...request, messages: JSON.parse(prompt[0]) as object[] }
  const { choices } = await ask<{ choices: { message: { content: string } }[] }>(server, '/v1/chat/completions', chat)
  return choices[0]?.message.content
}
