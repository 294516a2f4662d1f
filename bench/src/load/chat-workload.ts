import { createRandom } from '../measure/random.js'
import type { LoadRequest } from './send-request.js'

/** The requests of a load. */
export interface WorkloadOptions {
  readonly model: string
  /** Decoding methods, which requests use in turn. Empty: the server's default. */
  readonly decodings: readonly object[]
  /** Tokens of each answer. End tokens do not end it. */
  readonly tokens: number
  /** Share of requests whose client goes away, from 0 to 1. */
  readonly abortShare: number
  /** Each of them goes at a random time before this one, in milliseconds. */
  readonly abortWithinMs: number
  /** Share of requests that do not stream, from 0 to 1. */
  readonly wholeShare: number
  readonly seed: number
}

const questions = [
  'I need help with camping in the rain. What should I do?',
  'How do I fix a squeaky door?',
  'Why do cats purr?',
  'List three things to pack for a hike.',
  'Write a short email to ask my landlord to repair the heating.',
  'I never understood how cameras work. Please explain.',
]

/**
 * Creates chat requests. Each conversation begins with its own number, so that none finds the
 * prompt of another in the prefix cache.
 */
export function createChatWorkload(options: WorkloadOptions): (index: number) => LoadRequest {
  const { model, decodings, tokens, abortShare, abortWithinMs, wholeShare, seed } = options
  return (index) => {
    const random = createRandom(seed * 1_000_003 + index)
    const isStream = random() >= wholeShare
    const isAborted = random() < abortShare
    const decoding = decodings.length === 0 ? undefined : decodings[index % decodings.length]
    const question = questions[Math.floor(random() * questions.length)]
    const body = {
      model,
      messages: [{ role: 'user', content: `${Math.floor(random() * 1e9)}. ${question}` }],
      max_tokens: tokens,
      ignore_eos: true,
      ...(isStream ? { stream: true, stream_options: { include_usage: true } } : {}),
      ...(decoding === undefined ? {} : { decoding }),
    }
    const abortAfterMs = isAborted ? Math.floor(random() * abortWithinMs) : null
    return { path: '/v1/chat/completions', body, abortAfterMs }
  }
}
