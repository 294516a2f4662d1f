import { z } from 'zod'

/** Maximum number of answers of one evaluation. */
export const maxAnswers = 1_000_000

const name = z.string().min(1).max(200)
const score = z.number().nullable()

const promptSchema = z.strictObject({
  id: name,
  /** The text as it was in the file of prompts: untrimmed, without a template. */
  text: z.string(),
  dataset: name,
  /** The texts of which a right answer has one. Empty: no answer is expected. */
  expected: z.array(z.string()).default([]),
})

const strategySchema = z.strictObject({
  id: name,
  /** The name in tables. It may occur once for each pair of models. */
  label: name,
  /** The decoding method, such as `aad`. */
  strategy: name,
  parameters: z.record(z.string(), z.union([z.number(), z.string(), z.boolean()])),
  /** The pair of models that answered. */
  pair: name,
  /** method: a row of the tables; sweep: a point of a figure; pool: samples for best-of-N. */
  role: z.enum(['method', 'sweep', 'pool']).default('method'),
})

const answerSchema = z.strictObject({
  prompt: name,
  strategy: name,
  /** 0 for the only answer; samples of a pool count from 0. */
  sample: z.int().min(0).default(0),
  text: z.string(),
  tokens: z.int().min(0),
  /** Score by the oracle; null if it has none, which the report says. */
  oracle: score,
  /** Score by the picker; null if there is no picker. */
  picker: score.default(null),
})

/**
 * What a judge said in one order: which strategy is better, a tie, an answer without a verdict, or
 * an error of the request.
 */
const orderSchema = z.enum(['first', 'second', 'tie', 'unparsed', 'refused'])

const judgementSchema = z.strictObject({
  prompt: name,
  first: name,
  second: name,
  /**
   * 1 if the first strategy's answer is better, 0 if the second's is, 0.5 for a tie; null if the
   * judge gave no verdict.
   */
  score: z.number().min(0).max(1).nullable(),
  /**
   * What the judge said with the first strategy's answer in the first place, then with the other
   * one there; null if it was not asked, because both answers are the same text.
   */
  orders: z.tuple([orderSchema, orderSchema]).nullable().default(null),
})

const heldOutSchema = z.strictObject({
  rewardModel: name,
  dataset: name,
  pairs: z.array(z.strictObject({ chosen: z.number(), rejected: z.number() })).min(1),
})

/** What an evaluation found: the input of reports, as JSON. */
export const resultsSchema = z.strictObject({
  format: z.literal('tandem-evaluation/1'),
  title: name,
  /** When the evaluation was made, as ISO 8601. */
  createdAt: z.iso.datetime(),
  /** What made it: versions, seeds and files, as they go into the report. */
  facts: z.record(z.string(), z.string()).default({}),
  oracle: name,
  picker: name.nullable().default(null),
  /** Label of the method whose win rates are shown, such as AAD. */
  reference: name,
  /** Label of the method that all others are compared with in the form of Table 4. */
  baseline: name.nullable().default(null),
  prompts: z.array(promptSchema).min(1),
  strategies: z.array(strategySchema).min(1),
  answers: z.array(answerSchema).max(maxAnswers),
  /** The name of the judge; null if there is none, or it has no name. */
  judge: name.nullable().default(null),
  /** Outcomes of a judge: an LLM or persons. */
  judgements: z.array(judgementSchema).default([]),
  /** Scores of reward models on preference pairs that they were not trained on. */
  heldOut: z.array(heldOutSchema).default([]),
})

/** What an evaluation found. */
export type EvaluationResults = z.output<typeof resultsSchema>
/** Results before defaults are filled in. */
export type EvaluationResultsInput = z.input<typeof resultsSchema>
/** A prompt of an evaluation. */
export type EvaluatedPrompt = EvaluationResults['prompts'][number]
/** A decoding method with its parameters, of one pair of models. */
export type EvaluatedStrategy = EvaluationResults['strategies'][number]
/** An answer with its scores. */
export type EvaluatedAnswer = EvaluationResults['answers'][number]
/** A comparison of two strategies' answers to a prompt by a judge. */
export type Judgement = EvaluationResults['judgements'][number]
/** What a judge said in one order. */
export type JudgedOrder = z.output<typeof orderSchema>

/** What an order says of the strategies if they are exchanged. */
export const exchanged = (order: JudgedOrder): JudgedOrder =>
  order === 'first' ? 'second' : order === 'second' ? 'first' : order
