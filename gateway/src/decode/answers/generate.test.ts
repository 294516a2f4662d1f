import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Readout, Row, Rows, SessionSet } from '../../session/contract/session.js'
import { plainRequest } from '../../testing/generation-request.js'
import { type ToyModel, ToySession, ToySessionSet } from '../../testing/toy-session.js'
import { readText } from '../../text/testing/fixtures.js'
import { aad } from '../strategies/aad.js'
import { greedyDpo } from '../strategies/greedy.js'
import { type BoundStrategy, bindTokenStrategy, type TokenStrategy } from '../strategies/index.js'
import { sample } from '../strategies/sample.js'
import { ActiveAnswers } from './active-answers.js'
import { generate } from './generate.js'
import type { GenerationContext } from './generation-context.js'
import type { GenerationEvent } from './generation-event.js'
import type { GenerationRequest } from './generation-request.js'

/**
 * A SentencePiece tokenizer: words contain their leading space, and
 * unknown characters become byte tokens.
 */
const text = readText('tokenizers/sentencepiece-first')
const { vocabularySize } = text
const idOf = (name: string) => [...Array(vocabularySize).keys()].find((id) => text.tokenName(id) === name) ?? -1
const idsOf = (...names: string[]) => names.map(idOf)
const promptIds = idsOf('a', 'b')
const eos = idOf('</s>')

/** Generates these tokens in order, then repeats the first one. */
const scripted =
  (script: readonly number[]): ToyModel =>
  (ids) => {
    const next = script[ids.length - promptIds.length] ?? script[0]
    return Float32Array.from({ length: vocabularySize }, (_, id) => (id === next ? 9 : 0))
  }
const even: ToyModel = () => new Float32Array(vocabularySize)

const request: GenerationRequest = {
  ...plainRequest,
  promptIds,
  strategy: bindTokenStrategy(greedyDpo, {}),
  vocabularySize,
  maxTokens: 4,
  endTokenIds: [eos],
  eosTokenIds: new Set([eos]),
}

const opener = (create: () => ToySession) => async () => new ToySessionSet(create)

async function run(
  sessions: Readonly<Record<string, () => Promise<SessionSet>>>,
  changes: Partial<GenerationRequest>,
): Promise<readonly GenerationEvent[]> {
  const events: GenerationEvent[] = []
  const open: GenerationContext['open'] = (model) => sessions[model]?.() ?? Promise.reject(new Error(`no ${model}`))
  const context = { open, text, activeAnswers: new ActiveAnswers(), sharesDevice: () => false }
  for await (const event of generate(context, { ...request, ...changes }, new AbortController().signal))
    events.push(event)
  return events
}

/** Returns the texts of the deltas and the ending. */
async function write(names: readonly string[], changes: Partial<GenerationRequest> = {}) {
  const open = { dpo: opener(() => new ToySession(scripted(idsOf(...names)))), sft: opener(() => new ToySession(even)) }
  const events = await run(open, { maxTokens: names.length, ...changes })
  const deltas = events.flatMap((event) => (event.type === 'delta' ? [event.delta] : []))
  return { texts: deltas.map((delta) => delta.text), ending: deltas.at(-1)?.ending }
}

const length = { finishReason: 'length', stopReason: null }

describe('text', () => {
  test('continues a prompt: the first word keeps its leading space', async () => {
    expect(await write(['▁', 'c'])).toEqual({ texts: [' ', 'c'], ending: length })
  })

  test('contains an unfinished character only at the end', async () => {
    expect(await write(['c', '<0xF0>', '<0x9F>'])).toEqual({ texts: ['c', '\ufffd\ufffd'], ending: length })
  })

  test('holds back the beginning of a stop string until the end', async () => {
    expect(await write(['c', 'd', 'e'], { stops: ['def'] })).toEqual({ texts: ['c', 'de'], ending: length })
  })

  test('contains special tokens only if the request asks for them', async () => {
    const names = ['c', '[INST]', 'd']
    expect((await write(names)).texts).toEqual(['c', 'd'])
    expect((await write(names, { skipsSpecialTokens: false })).texts).toEqual(['c', '[INST]', 'd'])
  })
})

describe('an answer', () => {
  test('ends at an end token, or continues after it if end tokens are ignored', async () => {
    const names = ['c', '</s>', 'd']
    expect(await write(names)).toEqual({ texts: ['c', ''], ending: { finishReason: 'stop', stopReason: null } })
    expect(await write(names, { ignoresEndTokens: true, endTokenIds: [] })).toEqual({
      texts: ['c', 'd'],
      ending: length,
    })
  })

  test('ignores a stop string that ends within min_tokens, but not one that only begins there', async () => {
    const [names, stops] = [['c', 'd', 'e', 'f'], ['de']]
    const stopped = { finishReason: 'stop', stopReason: 'de' }
    expect(await write(names, { stops, minTokens: 3 })).toEqual({ texts: ['c', 'de', 'f'], ending: length })
    expect(await write(names, { stops, minTokens: 2 })).toEqual({ texts: ['c', ''], ending: stopped })
    expect(await write(names, { stops: ['ef'], minTokens: 4 })).toEqual({ texts: ['c', 'd', 'ef'], ending: length })
    // An ignored stop string can still be the start of another one.
    expect(await write(['c', 'd', 'c', 'd'], { stops: ['cdc', 'cd'], minTokens: 3 })).toEqual({
      texts: ['cd', ''],
      ending: { ...stopped, stopReason: 'cd' },
    })
  })
})

/**
 * Creates a barrier for two: it resolves two calls that wait at the
 * same time, and rejects a single one.
 */
function createBarrier(): () => Promise<void> {
  let waiting: (() => void) | null = null
  return async () => {
    if (waiting) {
      waiting()
      waiting = null
      return
    }
    const met = new Promise<boolean>((resolve) => {
      waiting = () => resolve(true)
    })
    // The limit only ends a wait for a model that never comes.
    if (!(await Promise.race([met, delay(120_000, false, { ref: false })])))
      throw new Error('one model ran while the other waited')
  }
}

class BarrierSession extends ToySession {
  constructor(
    model: ToyModel,
    private readonly wait: () => Promise<void>,
  ) {
    super(model)
  }

  override async step(tokenIds: readonly number[], rows: Rows, readouts: readonly Readout[]): Promise<Row[]> {
    await this.wait()
    return super.step(tokenIds, rows, readouts)
  }
}

describe('the models', () => {
  test.each([
    ['plain', false],
    ['plain', true],
    ['eager', false],
    ['eager', true],
  ] as const)(
    'run each token and the prompt at the same time on the path %s (prompt read: %s)',
    async (path, readsPrompt) => {
      const wait = createBarrier()
      const script = idsOf('c', 'd', 'e', 'f')
      const open = {
        dpo: opener(() => new BarrierSession(scripted(script), wait)),
        sft: opener(() => new BarrierSession(even, wait)),
      }
      const strategy = bindTokenStrategy(aad, aad.parameters.parse({ alpha: 1e-3 }))
      const events = await run(open, { strategy, path, promptLogprobs: readsPrompt ? 0 : null })
      expect(events.flatMap((event) => (event.type === 'delta' ? event.delta.tokens : [])).map(({ id }) => id)).toEqual(
        script,
      )
    },
  )

  test('are opened only if the strategy, log-probabilities or details need them', async () => {
    const openedBy = async (strategy: BoundStrategy, changes: Partial<GenerationRequest> = {}) => {
      const names: string[] = []
      const session = (name: string) => async () => {
        names.push(name)
        return new ToySessionSet(() => new ToySession(even))
      }
      const sessions = { dpo: session('dpo'), sft: session('sft'), amateur: session('amateur') }
      await run(sessions, { strategy, ...changes })
      return names.sort()
    }
    const amateur = bindTokenStrategy(sample, sample.parameters.parse({ model: 'amateur' }))
    expect(await openedBy(bindTokenStrategy(greedyDpo, {}))).toEqual(['dpo'])
    expect(await openedBy(bindTokenStrategy(aad, aad.parameters.parse({ alpha: 0.1 })))).toEqual(['dpo', 'sft'])
    expect(await openedBy(amateur)).toEqual(['amateur'])
    expect(await openedBy(amateur, { topLogprobs: 0 })).toEqual(['amateur', 'dpo'])
    expect(await openedBy(amateur, { topLogprobs: 0, logprobsOf: 'amateur' })).toEqual(['amateur'])
    expect(await openedBy(amateur, { promptLogprobs: 0, logprobsOf: 'sft' })).toEqual(['amateur', 'sft'])
    expect(await openedBy(amateur, { detail: true })).toEqual(['amateur', 'dpo', 'sft'])
  })

  /** Picks the token with the greatest sum of the models' logits. */
  const readThree = (readout: Readout): TokenStrategy => ({
    name: 'three',
    parameters: z.object({}),
    topLevel: [],
    reads: () => ({ lead: 'dpo', readout, others: ['sft', 'amateur'] }),
    pick: (_parameters, { lead, others }) => {
      const sums = Array.from(lead.scores.logits, (logit, i) =>
        others.reduce((sum, { scores }) => sum + (scores.logits[i] ?? Number.NaN), logit),
      )
      return lead.scores.tokenIds[sums.indexOf(Math.max(...sums))] ?? -1
    },
  })

  test.each<Readout>([{ kind: 'full' }, { kind: 'candidates', alpha: 0.5, exclude: [] }])(
    'can be three, with the readout %j',
    async (readout) => {
      const [c, d, e] = idsOf('c', 'd', 'e')
      // The DPO model by itself picks d. Sums: c 8.9 + 9 + 0, e 5 + 0 + 9, d 9.
      const lead: ToyModel = () =>
        Float32Array.from({ length: vocabularySize }, (_, id) => (id === d ? 9 : id === c ? 8.9 : id === e ? 5 : 0))
      const sessions = {
        dpo: opener(() => new ToySession(lead)),
        sft: opener(() => new ToySession(scripted([c ?? -1]))),
        amateur: opener(() => new ToySession(scripted([e ?? -1]))),
      }
      const events = await run(sessions, { strategy: bindTokenStrategy(readThree(readout), {}), maxTokens: 2 })
      const ids = events.flatMap((event) => (event.type === 'delta' ? event.delta.tokens : [])).map(({ id }) => id)
      expect(ids).toEqual([c, c])
    },
  )

  test('are closed if one of them cannot be opened', async () => {
    const [dpo, sft] = [new ToySessionSet(() => new ToySession(even)), new ToySessionSet(() => new ToySession(even))]
    const refuse = () => Promise.reject(new Error('all sessions are in use'))
    const strategy = bindTokenStrategy(aad, aad.parameters.parse({ alpha: 0.1 }))
    await expect(run({ dpo: refuse, sft: async () => sft }, { strategy })).rejects.toThrow('all sessions are in use')
    await expect(run({ dpo: async () => dpo, sft: refuse }, { strategy })).rejects.toThrow('all sessions are in use')
    expect([dpo.isClosed, sft.isClosed]).toEqual([true, true])
  })
})
