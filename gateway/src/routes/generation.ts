import { joinDeltas } from '../decode/collect-answer.js'
import { generate } from '../decode/generate.js'
import type { Delta, GenerationContext, GenerationEvent, Report } from '../decode/generation.js'
import type { PromptToken } from '../decode/token.js'
import { type Answer, type PreparedPrompt, type PreparedRequest, toUsage, type Usage } from '../openai/answer.js'

/** Answers all prompts of a request, one after another, as chunks. The answers to one prompt interleave. */
export async function* streamAnswers(
  context: GenerationContext,
  { prompts, writer, includesUsage }: PreparedRequest,
  signal: AbortSignal,
): AsyncGenerator<object, void> {
  let completionTokens = 0
  for (const [place, prompt] of prompts.entries()) {
    const { answerCount } = prompt.request
    const indexOf = (answer: number) => place * answerCount + answer
    let report: Report | null = null
    for await (const event of generate(context, prompt.request, signal)) {
      if (event.type === 'prompt')
        for (let i = 0; i < answerCount; i++) yield* writer.open(indexOf(i), prompt, event.tokens)
      else if (event.type === 'report') report = event.report
      else {
        completionTokens += event.delta.tokens.length
        yield writer.delta(indexOf(event.answer), { ...event.delta, report: event.delta.ending && report })
      }
    }
  }
  if (includesUsage) yield writer.usage(toUsage(promptTokensOf(prompts), completionTokens))
}

/** The same as one body. */
export async function wholeAnswer(
  context: GenerationContext,
  { prompts, writer }: PreparedRequest,
  signal: AbortSignal,
): Promise<object> {
  const answers: Answer[] = []
  for (const prompt of prompts) answers.push(...(await collect(prompt, generate(context, prompt.request, signal))))
  return writer.whole(answers, usageOf(prompts, answers))
}

async function collect(prompt: PreparedPrompt, events: AsyncIterable<GenerationEvent>): Promise<Answer[]> {
  const deltas: Delta[][] = Array.from({ length: prompt.request.answerCount }, () => [])
  let promptTokens: readonly PromptToken[] | null = null
  let report: Report | null = null
  for await (const event of events) {
    if (event.type === 'prompt') promptTokens = event.tokens
    else if (event.type === 'report') report = event.report
    else deltas[event.answer]?.push(event.delta)
  }
  return deltas.map((own) => ({ ...joinDeltas(own), prompt, promptTokens, report }))
}

const usageOf = (prompts: readonly PreparedPrompt[], answers: readonly Answer[]): Usage =>
  toUsage(
    promptTokensOf(prompts),
    answers.reduce((sum, { tokens }) => sum + tokens.length, 0),
  )

/** Each prompt once, however many answers it has. */
const promptTokensOf = (prompts: readonly PreparedPrompt[]): number =>
  prompts.reduce((sum, { request }) => sum + request.promptIds.length, 0)
