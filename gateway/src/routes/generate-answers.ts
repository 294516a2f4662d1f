import { collectAnswers } from '../decode/answers/collect-answers.js'
import type { GenerationEvent, Report } from '../decode/answers/generation-event.js'
import type { GenerationRequest } from '../decode/answers/generation-request.js'
import { runTogether, type TakePlace } from '../decode/answers/run-together.js'
import type { PromptToken } from '../decode/loop/token.js'
import {
  type Answer,
  countPromptTokens,
  type PreparedPrompt,
  type PreparedRequest,
  toUsage,
} from '../openai/answer/answer.js'
import type { Usage } from '../openai/schemas/usage.js'

/**
 * Decodes one prompt.
 * @param firstIndex index of its first answer among the answers to all prompts
 * @param signal ends the decoding at any point
 */
export type DecodePrompt = (
  request: GenerationRequest,
  firstIndex: number,
  signal: AbortSignal,
) => AsyncGenerator<GenerationEvent, void>

/** How the prompts of a request are decoded. */
export interface Decoder {
  readonly decode: DecodePrompt
  /** Takes a place for a prompt that runs besides another one of the request. */
  readonly takePlace: TakePlace
  /** How many prompts the services can hold at the same time. */
  readonly maxPrompts: (request: GenerationRequest) => number
  /** Ends the request at any point. */
  readonly signal: AbortSignal
}

/**
 * Generates the answers to all prompts of a request as chunks. The answers interleave: prompts are
 * decoded together, as far as there are places.
 */
export async function* streamAnswers(decoder: Decoder, request: PreparedRequest): AsyncGenerator<object, void> {
  const { prompts, writer, head } = request
  const promptTokens = countPromptTokens(prompts)
  let completionTokens = 0
  let generatedTokens = 0
  const usage = () => toUsage(promptTokens, completionTokens)
  const scored = new Map<number, readonly PromptToken[] | null>()
  const reports = new Map<number, Report>()
  const opened = new Set<number>()
  for await (const [place, event] of decodeTogether(decoder, prompts)) {
    const prompt = promptAt(prompts, place)
    const { answerCount } = prompt.request
    const indexOf = (answer: number) => place * answerCount + answer
    if (event.type === 'prompt') scored.set(place, event.tokens)
    else if (event.type === 'report') {
      // Counts all prompts so far, so that the last report has the total.
      generatedTokens += event.report.generatedTokens
      reports.set(place, { ...event.report, generatedTokens })
    } else {
      const { answer, delta } = event
      const index = indexOf(answer)
      const opening = opened.has(index) ? null : { prompt, promptTokens: scored.get(place) ?? null, usage: usage() }
      opened.add(index)
      completionTokens += delta.tokens.length
      const report = (delta.ending && reports.get(place)) ?? null
      yield* writer.delta(index, { ...delta, opening, report }, usage())
    }
  }
  if (head.usageChunks !== 'none') yield writer.usage(usage())
}

/** Generates the answers to all prompts of a request as one body. */
export async function wholeAnswer(decoder: Decoder, { prompts, writer }: PreparedRequest): Promise<object> {
  const events = prompts.map((): GenerationEvent[] => [])
  for await (const [place, event] of decodeTogether(decoder, prompts)) events[place]?.push(event)
  const collected = await Promise.all(
    prompts.map(async (prompt, place): Promise<Answer[]> => {
      const { answers, ...shared } = await collectAnswers(events[place] ?? [], prompt.request.answerCount)
      return answers.map((answer) => ({ ...answer, ...shared, prompt }))
    }),
  )
  const answers = collected.flat()
  return writer.whole(answers, usageOf(prompts, answers))
}

/** Yields the events of all prompts as they arrive, each with the index of its prompt. */
function decodeTogether(
  { decode, takePlace, maxPrompts, signal }: Decoder,
  prompts: readonly PreparedPrompt[],
): AsyncGenerator<readonly [number, GenerationEvent], void> {
  const limit = Math.min(...prompts.map(({ request }) => maxPrompts(request)))
  const starts = prompts.map(
    ({ request }, place) =>
      (own: AbortSignal) =>
        decode(request, place * request.answerCount, own),
  )
  return runTogether(starts, { limit, take: takePlace }, signal)
}

function promptAt(prompts: readonly PreparedPrompt[], place: number): PreparedPrompt {
  const prompt = prompts[place]
  if (!prompt) throw new RangeError(`prompt ${place} does not exist: the request has ${prompts.length}`)
  return prompt
}

const usageOf = (prompts: readonly PreparedPrompt[], answers: readonly Answer[]): Usage =>
  toUsage(
    countPromptTokens(prompts),
    answers.reduce((sum, { tokens }) => sum + tokens.length, 0),
  )
