import { type FileHandle, open } from 'node:fs/promises'
import { hashFile } from '@tandem/process'
import { z } from 'zod'
import type { Answer } from '../answers/answer.js'
import { promptKey } from '../answers/prompt-key.js'
import { parseJson } from '../batch/http/read-error.js'
import { type PromptRow, splitLines } from '../prompts/index.js'

const messages = z.array(z.looseObject({ role: z.string(), content: z.string() })).min(1)
const schema = z.object({
  prompt: z.union([z.string(), z.array(z.looseObject({ role: z.string() }))]).nullish(),
  rejected: z.union([z.string(), messages]),
  finish_reason_rejected: z.string().nullish(),
  score_rejected: z.number().nullish(),
  token_ids_rejected: z.array(z.int()).nullish(),
})
/** Maximum number of rows, whose places are in memory. */
const maxRows = 2_000_000

type Row = z.output<typeof schema>

/** The rejected answers of an earlier round, found by their prompts. Close it. */
export class EarlierRejected {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly places: ReadonlyMap<string, readonly [start: number, length: number]>,
    /** The SHA-256 of the file, in hex. */
    readonly sha256: string,
    /** Pairs that are not used, because a later one has the same prompt. */
    readonly repeated: number,
  ) {}

  /**
   * Opens a file of pairs. Only the places of its rows are kept in memory.
   * @throws Error naming the line that is no pair
   */
  static async open(path: string, signal: AbortSignal): Promise<EarlierRejected> {
    const sha256 = await hashFile(path, signal)
    const places = new Map<string, readonly [number, number]>()
    let number = 0
    let pairs = 0
    for await (const { bytes, end, isComplete } of splitLines(path, signal)) {
      number++
      if (bytes.length === 0) continue
      const [prompt] = split(parse(bytes, `${path} line ${number}`), `${path} line ${number}`)
      if (places.size >= maxRows)
        throw new Error(`${path} has more than ${maxRows} rows: split the file, and split the prompts in the same way`)
      pairs++
      places.set(promptKey(prompt), [end - bytes.length - (isComplete ? 1 : 0), bytes.length])
    }
    return new EarlierRejected(path, await open(path), places, sha256, pairs - places.size)
  }

  /** Whether there is an answer to the prompt with this key. */
  has = (key: string): boolean => this.places.has(key)

  /**
   * Reads the rejected answer to a prompt; null if there is none.
   * @throws Error if the file was changed
   */
  async read(prompt: PromptRow['prompt']): Promise<Answer | null> {
    const place = this.places.get(promptKey(prompt))
    if (!place) return null
    const [start, length] = place
    const { buffer } = await this.file.read(Buffer.alloc(length), 0, length, start)
    const row = parse(buffer, this.path)
    const [, answer] = split(row, this.path)
    const [finishReason, tokenIds] = [row.finish_reason_rejected ?? null, row.token_ids_rejected ?? null]
    return { ...answer, finishReason, tokenIds, score: row.score_rejected ?? null }
  }

  /** Closes the file. */
  close(): Promise<void> {
    return this.file.close()
  }
}

function parse(bytes: Buffer, place: string): Row {
  const row = schema.safeParse(parseJson(bytes.toString('utf8'))).data
  if (row) return row
  throw new Error(
    `${place} is not a preference pair: expected prompt, chosen and rejected, as "tandem synthesize" writes`,
  )
}

/** The prompt and the answer of a row, whether or not the prompt is a part of the rejected side. */
function split(
  { prompt, rejected }: Row,
  place: string,
): readonly [PromptRow['prompt'], Pick<Answer, 'text' | 'reasoning'>] {
  if (typeof rejected === 'string') {
    if (typeof prompt === 'string') return [prompt, { text: rejected, reasoning: null }]
    throw new Error(
      `${place} has no column prompt, and the prompt cannot be separated from a text. Use pairs with a column prompt`,
    )
  }
  const last = rejected.at(-1)
  const reasoning = typeof last?.reasoning_content === 'string' ? last.reasoning_content : null
  return [prompt ?? rejected.slice(0, -1), { text: last?.content ?? '', reasoning }]
}
