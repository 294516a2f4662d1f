import { itemOfRound } from '../prompts.js'
import { methods } from './methods.js'
import { type SeenAnswer, streamAnswer } from './stream-answer.js'

/** A request, and the answer that it gets without a fault. */
export interface Asked {
  readonly name: string
  readonly body: object
  readonly expected: SeenAnswer
}

/** The part of a stack that requests need. */
export interface AskedStack {
  readonly url: string
  readonly model: string
  readonly prompts: readonly (readonly number[])[]
}

/** Returns requests of all methods in turn, with different prompts, and asks for their answers. */
export async function askFirst(
  stack: AskedStack,
  { count, maxTokens }: { readonly count: number; readonly maxTokens: number },
  signal: AbortSignal,
): Promise<readonly Asked[]> {
  const asked: Asked[] = []
  for (let i = 0; i < count; i++) {
    const { name, fields } = itemOfRound(methods, i * methodStride)
    const prompt = itemOfRound(stack.prompts, i)
    const body = { model: stack.model, prompt, max_tokens: maxTokens, ignore_eos: true, ...fields }
    const expected = await streamAnswer(stack.url, body, signal)
    if (expected.error !== null) throw new Error(`without a fault, ${name} failed: ${expected.error}`)
    asked.push({ name, body, expected })
  }
  return asked
}

/** Has no divisor in common with the number of methods: a few requests are of different kinds. */
const methodStride = 5
