import { z } from 'zod'

/** Maximum number of timings in one TimelineMessage, over all answers. */
export const maxTimings = 4096

const microseconds = z.int().min(0)
const tokens = z.int().min(0)
const modelTime = (model: string) =>
  microseconds.nullable().describe(`Compute time of the ${model} model. Null if the model did not run in this step.`)
const modelTokens = (model: string) =>
  tokens.nullable().describe(`The number of tokens that the ${model} model read. Null if it did not run.`)

/** An entry of `decoding_timings` in an answer. A null counts as 0 in the sum. */
export const tokenTimingSchema = z
  .object({
    step_us: microseconds.describe(
      'Time of the step that gave the token: dpo_us + sft_us + other_us - overlap_us + queue_us + wire_us + merge_us.',
    ),
    dpo_us: modelTime('DPO'),
    sft_us: modelTime('SFT'),
    other_us: microseconds.describe('Compute time of additional models.'),
    overlap_us: microseconds.describe(
      'Compute time that adds nothing to the step, because the gateway waited for another message then.',
    ),
    queue_us: microseconds.describe('Time of messages in the queues of services.'),
    wire_us: microseconds.describe('Time of messages on their way, in both directions.'),
    merge_us: microseconds.describe('Time of the gateway itself, in which it waited for no message.'),
    dpo_tokens: modelTokens('DPO'),
    sft_tokens: modelTokens('SFT'),
    draft: z
      .boolean()
      .describe('Whether the token came in the same step as the token before it. Its times are then 0 or null.'),
  })
  .describe('Where the time of one token went, in microseconds. Present if `decoding.timings` is true.')

/** The times of one token. */
export type TokenTiming = Readonly<z.output<typeof tokenTimingSchema>>

/**
 * Parses what the gateway sends over IPC after each request, if its environment has TANDEM_TRACE=1.
 */
export const timelineMessageSchema = z.object({
  type: z.literal('timeline'),
  requestId: z.string(),
  /** The name of the model in the request. */
  model: z.string(),
  strategy: z.string(),
  /** The path of the route: `/v1/chat/completions`. */
  endpoint: z.string(),
  /** The status of the answer; 499 if the client disconnected. */
  status: z.int(),
  promptTokens: tokens,
  /** Waiting for admission, in microseconds. */
  queueUs: microseconds,
  /** Rendering the chat template and encoding the prompt, in microseconds. */
  promptUs: microseconds,
  /** The timings of each answer's tokens, by the index of the answer over all prompts. */
  answers: z
    .array(z.array(tokenTimingSchema).readonly())
    .max(maxTimings)
    .readonly()
    .refine((answers) => answers.flat().length <= maxTimings, `expected at most ${maxTimings} timings`),
  /** Number of timings that were left out, because there were more than `maxTimings`. */
  droppedTimings: z.int().min(0).default(0),
})

/** Sent over IPC to the parent process after each request. It has no text of the request. */
export type TimelineMessage = Readonly<z.output<typeof timelineMessageSchema>>
