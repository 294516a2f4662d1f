import type { Answer } from '../../answers/answer.js'
import { rowSeed } from '../../batch/index.js'
import { isRight, readExpected } from '../../criteria/expected.js'
import { isRefusal } from '../../criteria/refusal.js'
import { repetition } from '../../criteria/repetition.js'
import { topicShare } from '../../criteria/topic.js'
import { contentStems, wordsOf } from '../../criteria/words.js'
import type { Prompt } from '../../prompts/index.js'
import type { Tally } from '../counts.js'
import { isBlank, isCut, isIdentical } from '../preference/preference-pair.js'
import type { Group } from '../read-groups.js'
import type { AdherenceSettings } from './settings.js'

/** Settings of the judgement. */
export interface JudgeSettings extends AdherenceSettings {
  readonly seed: number
  /** Whether samples that the limit of tokens cut are dropped. */
  readonly completeOnly: boolean
}

/** A prompt with its samples. */
export interface JudgedPrompt {
  readonly prompt: Prompt
  readonly kind: string
  readonly expected: readonly string[]
  /** The stems of its content words. */
  readonly stems: ReadonlySet<string>
  /** Its good samples, the best first. */
  readonly samples: readonly Sample[]
  /** Those that fail a criterion, in their order. */
  readonly failed: readonly FailedSample[]
}

/** A sample that is not good. */
export interface FailedSample {
  readonly sample: Sample
  /** The first criterion that it fails. */
  readonly fault: string
}

/** A sample and its measures. */
export interface Sample {
  readonly answer: Answer
  /** Its number among the samples of its prompt. */
  readonly number: number
  /** The share of its prompt's content words that it takes up; null if the prompt has none. */
  readonly topic: number | null
  readonly repetition: number
  readonly stems: ReadonlySet<string>
  /** Its length in tokens; in words if the server sends no token ids. */
  readonly length: number
  /** A random number of its own, which orders samples that are as good. */
  readonly rank: number
}

/** Maximum share of repeated 4-grams of a good sample. */
export const maxRepetition = 0.2
/** Minimum share of the prompt's content words that a good sample takes up. */
export const minTopic = 1 / 3

/**
 * Judges the samples of a prompt. Good ones are not repetitive and no refusal; right if an answer
 * is expected, else on topic. Those that cannot be in a pair are dropped and counted.
 * @throws Error as `readExpected`
 */
export function judgePrompt({ prompt, pools }: Group, settings: JudgeSettings, tally: Tally): JudgedPrompt {
  const expected = readExpected(prompt.columns, settings.expectedField)
  const stems = contentStems(textOf(prompt.prompt))
  const samples: Sample[] = []
  const failed: FailedSample[] = []
  const seen: Answer[] = []
  for (const [number, answer] of (pools[0] ?? []).entries()) {
    const unusable = answer ? whyUnusable(answer, settings, seen) : 'the gateway refused the request'
    if (!answer || unusable !== null) {
      tally.add(`samples: ${unusable}`)
      continue
    }
    seen.push(answer)
    const sample = measure(answer, stems, number, rowSeed(settings.seed, 'rejected', prompt.index, number))
    const fault = faultOf(sample, expected)
    if (fault === null) samples.push(sample)
    else failed.push({ sample, fault })
  }
  samples.sort((a, b) => (b.topic ?? 0) - (a.topic ?? 0) || a.repetition - b.repetition || a.number - b.number)
  return { prompt, kind: kindOf(prompt, settings.kindField), expected, stems, samples, failed }
}

function measure(answer: Answer, prompt: ReadonlySet<string>, number: number, rank: number): Sample {
  const stems = contentStems(answer.text)
  const length = answer.tokenIds?.length ?? wordsOf(answer.text).length
  return { answer, number, topic: topicShare(prompt, stems), repetition: repetition(answer.text), stems, length, rank }
}

/** Why a sample can be in no pair; null if it can. */
function whyUnusable(answer: Answer, { completeOnly }: JudgeSettings, before: readonly Answer[]): string | null {
  if (isBlank(answer)) return 'empty'
  if (completeOnly && isCut(answer)) return 'cut by the limit of tokens'
  return before.some((other) => isIdentical(other, answer)) ? 'the same as another sample' : null
}

/** The first criterion that a sample fails; null if it is good. */
function faultOf({ answer, topic, repetition: repeated }: Sample, expected: readonly string[]): string | null {
  if (repeated > maxRepetition) return 'repetitive'
  if (isRefusal(answer.text)) return 'a refusal'
  if (expected.length > 0) return isRight(expected, answer.text) ? null : 'not the expected answer'
  return topic !== null && topic < minTopic ? 'off topic' : null
}

/** The kind of a prompt; an empty text if its row names none: all such prompts are of one kind. */
function kindOf({ columns }: Prompt, field: string): string {
  const kind = columns[field] ?? ''
  return typeof kind === 'string' ? kind : JSON.stringify(kind)
}

/** The text that an answer is to take up: the last message of a conversation. */
function textOf(prompt: Prompt['prompt']): string {
  if (typeof prompt === 'string') return prompt
  const content = prompt.at(-1)?.content
  return typeof content === 'string' ? content : JSON.stringify(content ?? '')
}
