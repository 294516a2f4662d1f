import { expectationOf, type TokenTiming, tokenTimingSchema } from '@tandem/process'
import { z } from 'zod'
import { parseJson } from '../util/parse-json.js'
import { replaceControls } from '../util/replace-controls.js'

/** One answer of a saved body or event stream. */
export interface SavedChoice {
  readonly index: number
  readonly text: string
  readonly timings: readonly TokenTiming[]
}

/** A saved body of a chat or text completion, or a saved event stream of one. */
export interface SavedAnswer {
  /** Null if the answer does not say it, as for the fields below. */
  readonly model: string | null
  readonly strategy: string | null
  readonly promptTokens: number | null
  /** Whether the stream ends as a complete one does. True for a body. */
  readonly isComplete: boolean
  readonly choices: readonly SavedChoice[]
}

const content = z.object({ content: z.unknown().optional() }).nullish()
const choiceSchema = z.object({
  index: z.int().min(0).default(0),
  message: content,
  delta: content,
  text: z.unknown().optional(),
  decoding_timings: z.array(tokenTimingSchema).nullish(),
})
/** A body, or a chunk of a stream. */
const pieceSchema = z.object({
  model: z.string().nullish(),
  choices: z.array(choiceSchema),
  usage: z.object({ prompt_tokens: z.int().min(0).nullish() }).nullish(),
  decoding: z.object({ strategy: z.string().nullish() }).nullish(),
})
type Piece = z.output<typeof pieceSchema>
const errorSchema = z.object({ error: z.object({ message: z.string() }) })

/**
 * Reads a saved answer.
 * @param name the name of the text in messages
 * @throws Error saying what the text is instead, without any text of an answer
 */
export function readAnswer(text: string, name: string): SavedAnswer {
  const isStream = !text.trimStart().startsWith('{') && /^data:/m.test(text)
  const { pieces, isComplete } = isStream ? readStream(text, name) : readBody(text, name)
  const has = <T>(values: readonly (T | null | undefined)[]): T | null => values.find((value) => value != null) ?? null
  const choices = joinChoices(pieces)
  if (choices.length === 0)
    throw new Error(`${name} has no timings of tokens: ask for them in the request with "decoding": {"timings": true}`)
  return {
    model: has(pieces.map(({ model }) => model)),
    strategy: has(pieces.map(({ decoding }) => decoding?.strategy)),
    promptTokens: has(pieces.map(({ usage }) => usage?.prompt_tokens)),
    isComplete,
    choices,
  }
}

interface Pieces {
  readonly pieces: readonly Piece[]
  readonly isComplete: boolean
}

function readBody(text: string, name: string): Pieces {
  const value = parseJson(text)
  if (value === undefined)
    throw new Error(
      `${name} is not JSON: expected the body of a chat or text completion, or its event stream ("data: {...}" lines)`,
    )
  return { pieces: [readPiece(value, name)], isComplete: true }
}

function readStream(text: string, name: string): Pieces {
  const lines = text.split(/\r?\n/)
  const pieces: Piece[] = []
  for (const [i, line] of lines.entries()) {
    const data = line.startsWith('data:') ? line.slice('data:'.length).trim() : ''
    if (data === '[DONE]') return { pieces, isComplete: true }
    if (data === '') continue
    const value = parseJson(data)
    // A stream that was cut ends in the middle of a line.
    if (value === undefined && i === lines.length - 1) break
    if (value === undefined) throw new Error(`${name}:${i + 1}: the data of this event is not JSON`)
    pieces.push(readPiece(value, `${name}:${i + 1}`))
  }
  return { pieces, isComplete: false }
}

function readPiece(value: unknown, name: string): Piece {
  const failed = errorSchema.safeParse(value)
  if (failed.success)
    throw new Error(`${name} is an error of the server: ${replaceControls(failed.data.error.message)}`)
  const result = pieceSchema.safeParse(value, { error: expectationOf })
  if (result.success) return result.data
  const [issue] = result.error.issues
  const at = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  throw new Error(`${name} is not an answer of a chat or text completion: ${at}${issue?.message}`)
}

/** Joins the choices of all pieces by index. Choices without timings are left out. */
function joinChoices(pieces: readonly Piece[]): SavedChoice[] {
  const joined = new Map<number, { texts: string[]; timings: TokenTiming[] | null }>()
  for (const { index, message, delta, text, decoding_timings: timings } of pieces.flatMap(({ choices }) => choices)) {
    const choice = joined.get(index) ?? { texts: [], timings: null }
    joined.set(index, choice)
    const part = message?.content ?? delta?.content ?? text
    if (typeof part === 'string') choice.texts.push(part)
    if (!timings) continue
    choice.timings ??= []
    for (const timing of timings) choice.timings.push(timing)
  }
  return [...joined]
    .sort(([a], [b]) => a - b)
    .flatMap(([index, { texts, timings }]) => (timings === null ? [] : [{ index, text: texts.join(''), timings }]))
}
