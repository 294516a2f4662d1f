import type { OpenSessions, SessionSet } from '../session/session.js'
import { createStopMatcher, type Text } from '../text/index.js'
import { createLoop } from './create-loop.js'
import type { DecodeLoop } from './decode-loop.js'
import { modelsOf, readPrompt, type Sessions } from './sessions.js'
import type { DecodeRequest, PromptToken, Token } from './token.js'

/** A request with its text side. */
export interface GenerationRequest extends DecodeRequest {
  readonly stops: readonly string[]
  readonly includesStop: boolean
  readonly skipsSpecialTokens: boolean
}

export interface Ending {
  readonly finishReason: 'stop' | 'length'
  /** The stop string or the id of `stop_token_ids`; null for an end token of the model and for length. */
  readonly stopReason: string | number | null
}

/** `prompt` first, then deltas; the last one carries the ending. Tokens whose text is held back come with the text that follows. */
export type GenerationEvent =
  | { readonly type: 'prompt'; readonly tokens: readonly PromptToken[] | null }
  | { readonly type: 'delta'; readonly text: string; readonly tokens: readonly Token[]; readonly ending: Ending | null }

type Delta = Extract<GenerationEvent, { type: 'delta' }>

export interface GenerationContext {
  readonly open: OpenSessions
  readonly text: Text
  /** Whether two models take time from each other. */
  sharesDevice(a: string, b: string): boolean
}

/** Decodes one prompt. All sessions are closed when it ends, however it ends. */
export async function* generate(
  context: GenerationContext,
  request: GenerationRequest,
  signal: AbortSignal,
): AsyncGenerator<GenerationEvent, void> {
  const sets = await openSets(context, request, signal)
  const sessions: Sessions = new Map([...sets].map(([name, set]) => [name, set.sessions[0]]))
  try {
    const { promptIds, readsPrompt, topLogprobs } = request
    yield { type: 'prompt', tokens: readsPrompt ? await readPrompt(sessions, promptIds, topLogprobs ?? 0) : null }
    if (request.maxTokens === 0) {
      yield { type: 'delta', text: '', tokens: [], ending: { finishReason: 'length', stopReason: null } }
      return
    }
    const loop = createLoop({ sessions, sharesDevice: context.sharesDevice }, request)
    yield* readAnswer(loop, context.text, request)
  } finally {
    for (const set of sets.values()) set.close()
  }
}

async function* readAnswer(
  loop: DecodeLoop,
  text: Text,
  request: GenerationRequest,
): AsyncGenerator<GenerationEvent, void> {
  const writer = createWriter(text, request)
  let held: Token[] = []
  let count = 0
  let next = loop.next()
  for (;;) {
    const deltas: Delta[] = []
    for (const token of await next) {
      held.push(token)
      const written = writer.push(token.id, ++count)
      if (written.text === '' && !written.ending) continue
      deltas.push({ type: 'delta', text: written.text, tokens: held, ending: written.ending })
      held = []
      if (written.ending) break
    }
    const hasEnded = deltas.at(-1)?.ending ?? false
    if (!hasEnded) {
      // The next forwards run while these tokens go out; a reader that stalls holds up the ones after.
      next = loop.next()
      next.catch(() => undefined)
    }
    yield* deltas
    if (hasEnded) return
  }
}

/** Text and end of an answer, token by token. */
function createWriter(text: Text, request: GenerationRequest) {
  const { eosTokenIds, stopTokenIds, ignoresEndTokens, includesStop, maxTokens, minTokens } = request
  const detokenizer = text.createDetokenizer({
    skipSpecialTokens: request.skipsSpecialTokens,
    context: request.promptIds,
  })
  const matcher = createStopMatcher(request.stops, includesStop)

  const endOf = (id: number): Ending | null => {
    if (eosTokenIds.has(id) && !ignoresEndTokens) return { finishReason: 'stop', stopReason: null }
    return stopTokenIds.has(id) ? { finishReason: 'stop', stopReason: id } : null
  }
  return {
    /** @param count of tokens, this one included */
    push(id: number, count: number): { text: string; ending: Ending | null } {
      const endToken = endOf(id)
      const ended = endToken ?? (count >= maxTokens ? ({ finishReason: 'length', stopReason: null } as const) : null)
      // As in vLLM: the text of the token that ends the answer is part of it only where stops are.
      let piece = endToken && !includesStop ? '' : detokenizer.push(id)
      if (ended) piece += detokenizer.finish()
      // As in vLLM: a stop string that ends within the first min_tokens tokens does not count; one that begins there does.
      const { text: safe, stopped } = matcher.push(piece, count > minTokens)
      if (stopped !== null) return { text: safe, ending: { finishReason: 'stop', stopReason: stopped } }
      return { text: ended ? safe + matcher.finish() : safe, ending: ended }
    },
  }
}

/** On the models that the request needs, at once. Where one cannot be opened, none is left open. */
async function openSets(
  { open }: GenerationContext,
  request: DecodeRequest,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, SessionSet>> {
  const openOne = async (name: string) => [name, await open(name, signal)] as const
  const settled = await Promise.allSettled([...modelsOf(request)].map(openOne))
  const sets = new Map(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
  const failed = settled.find((one) => one.status === 'rejected')
  if (!failed) return sets
  for (const set of sets.values()) set.close()
  throw failed.reason
}
