import type { GenerationContext, GenerationEvent } from '../decode/generate.js'
import { generate } from '../decode/generate.js'
import type { PromptToken, Token } from '../decode/token.js'
import { type Answer, type PreparedPrompt, type PreparedRequest, toUsage, type Usage } from '../openai/answer.js'

/** Answers all prompts of a request, one after another, as chunks. */
export async function* streamAnswers(
  context: GenerationContext,
  { prompts, writer, includesUsage }: PreparedRequest,
  signal: AbortSignal,
): AsyncGenerator<object, void> {
  const usage = { prompt: 0, completion: 0 }
  for (const [index, prompt] of prompts.entries()) {
    usage.prompt += prompt.request.promptIds.length
    for await (const event of generate(context, prompt.request, signal)) {
      if (event.type === 'prompt') yield* writer.open(index, prompt, event.tokens)
      else {
        usage.completion += event.tokens.length
        yield writer.delta(index, event)
      }
    }
  }
  if (includesUsage) yield writer.usage(toUsage(usage.prompt, usage.completion))
}

/** The same as one body. */
export async function wholeAnswer(
  context: GenerationContext,
  { prompts, writer }: PreparedRequest,
  signal: AbortSignal,
): Promise<object> {
  const answers: Answer[] = []
  for (const prompt of prompts) answers.push(await collect(prompt, generate(context, prompt.request, signal)))
  return writer.whole(answers, usageOf(answers))
}

async function collect(prompt: PreparedPrompt, events: AsyncIterable<GenerationEvent>): Promise<Answer> {
  let promptTokens: readonly PromptToken[] | null = null
  let text = ''
  const tokens: Token[] = []
  for await (const event of events) {
    if (event.type === 'prompt') promptTokens = event.tokens
    else {
      text += event.text
      tokens.push(...event.tokens)
      if (event.ending) return { prompt, promptTokens, text, tokens, ending: event.ending }
    }
  }
  throw new Error('a generation ended without its ending')
}

function usageOf(answers: readonly Answer[]): Usage {
  const sum = (count: (answer: Answer) => number) => answers.reduce((total, answer) => total + count(answer), 0)
  return toUsage(
    sum(({ prompt }) => prompt.request.promptIds.length),
    sum(({ tokens }) => tokens.length),
  )
}
