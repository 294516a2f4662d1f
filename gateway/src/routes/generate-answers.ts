import { collectAnswers } from '../decode/answers/collect-answers.js'
import type { GenerationEvent, Report } from '../decode/answers/generation-event.js'
import type { GenerationRequest } from '../decode/answers/generation-request.js'
import type { PromptToken } from '../decode/loop/token.js'
import { type Answer, type PreparedPrompt, type PreparedRequest, toUsage } from '../openai/answer/answer.js'
import type { Usage } from '../openai/schemas/usage.js'

/**
 * Decodes one prompt.
 * @param firstIndex index of its first answer among the answers to all prompts
 */
export type DecodePrompt = (request: GenerationRequest, firstIndex: number) => AsyncIterable<GenerationEvent>

/**
 * Generates the answers to all prompts of a request, one prompt after another, as chunks. The
 * answers to one prompt interleave.
 */
export async function* streamAnswers(
  decode: DecodePrompt,
  { prompts, writer, head }: PreparedRequest,
): AsyncGenerator<object, void> {
  const promptTokens = promptTokensOf(prompts)
  let completionTokens = 0
  let generatedTokens = 0
  const usage = () => toUsage(promptTokens, completionTokens)
  for (const [place, prompt] of prompts.entries()) {
    const { answerCount } = prompt.request
    const indexOf = (answer: number) => place * answerCount + answer
    let scored: readonly PromptToken[] | null = null
    let report: Report | null = null
    const opened = new Set<number>()
    for await (const event of decode(prompt.request, indexOf(0))) {
      if (event.type === 'prompt') scored = event.tokens
      else if (event.type === 'report') {
        // Counts all prompts so far, so that the last report has the total.
        generatedTokens += event.report.generatedTokens
        report = { ...event.report, generatedTokens }
      } else {
        const { answer, delta } = event
        const opening = opened.has(answer) ? null : { prompt, promptTokens: scored, usage: usage() }
        opened.add(answer)
        completionTokens += delta.tokens.length
        yield* writer.delta(indexOf(answer), { ...delta, opening, report: delta.ending && report }, usage())
      }
    }
  }
  if (head.usageChunks !== 'none') yield writer.usage(usage())
}

/** Generates the answers to all prompts of a request as one body. */
export async function wholeAnswer(decode: DecodePrompt, { prompts, writer }: PreparedRequest): Promise<object> {
  const answers: Answer[] = []
  for (const prompt of prompts) {
    const events = decode(prompt.request, answers.length)
    const { answers: own, ...shared } = await collectAnswers(events, prompt.request.answerCount)
    answers.push(...own.map((answer) => ({ ...answer, ...shared, prompt })))
  }
  return writer.whole(answers, usageOf(prompts, answers))
}

const usageOf = (prompts: readonly PreparedPrompt[], answers: readonly Answer[]): Usage =>
  toUsage(
    promptTokensOf(prompts),
    answers.reduce((sum, { tokens }) => sum + tokens.length, 0),
  )

/** Counts each prompt once, even if it has several answers. */
const promptTokensOf = (prompts: readonly PreparedPrompt[]): number =>
  prompts.reduce((sum, { request }) => sum + request.promptIds.length, 0)
