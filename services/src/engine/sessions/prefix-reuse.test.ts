import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel, type Precision } from '@tandem/models'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OnnxEngine } from '../onnx/onnx-engine.js'
import { emptyWork, joinEngine, never, rowsOf, stepOf } from '../testing/index.js'

/**
 * A prompt that reuses another prompt's prefix has the same logits, bit by bit, as a prompt that is
 * computed from scratch.
 */

const fixture = (name: string) => fileURLToPath(new URL(`../../../../test/fixtures/${name}`, import.meta.url))
const models: [string, string, Precision][] = [
  ['fp32', 'tiny/llama-tied', 'fp32'],
  ['native', 'more/gguf-llama-q4_1/model.gguf', 'native'],
]
const prefillChunk = 16
const vocabularyLimit = 380

describe.each(models)('at %s', (_, source, precision) => {
  let folder: string
  let engine: OnnxEngine
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-prefix-'))
    await buildModel({ source: fixture(source), out: join(folder, 'model'), precision })
    engine = await OnnxEngine.load({ folder: join(folder, 'model'), threads: 1 })
  })
  afterAll(async () => {
    await engine?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const service = () => joinEngine({ ...wrap(engine), close: async () => {} }, { prefillChunk, maxSessions: 4 })
  const read = { rows: 'last', vocabularyLimit } as const

  /** The logits after a prompt and after one more token. */
  async function answer({ host }: ReturnType<typeof service>, id: string, prompt: number[], prefixScope: string) {
    const first = await host.run({ ...emptyWork, steps: [stepOf(id, [], prompt, { ...read, prefixScope })] }, never())
    const next = await host.run({ ...emptyWork, steps: [stepOf(id, prompt, [7], read)] }, never())
    host.closeSessions([id])
    return [...rowsOf(first), ...rowsOf(next)]
  }

  const part = fc.array(fc.integer({ min: 3, max: vocabularyLimit - 1 }), { minLength: 1, maxLength: 40 })

  test('prompts with a common prefix have the same logits as without reuse', async () => {
    const property = fc.asyncProperty(part, fc.array(part, { minLength: 2, maxLength: 5 }), async (shared, ends) => {
      const [reusing, fresh] = [service(), service()]
      for (const [i, end] of ends.entries()) {
        const prompt = [...shared, ...end]
        expect(await answer(reusing, `s${i}`, prompt, 'scope')).toEqual(await answer(fresh, `s${i}`, prompt, ''))
      }
      await Promise.all([reusing.close(), fresh.close()])
    })
    await fc.assert(property, { numRuns: 15 })
  })

  test('runs only the tokens after the prefix; other scopes and steps that read all rows reuse nothing', async () => {
    const runs: number[] = []
    const counting = wrap(engine)
    const run: typeof counting.run = (forward) => {
      runs.push(forward.tokenIds.length)
      return counting.run(forward)
    }
    const joined = joinEngine({ ...counting, run, close: async () => {} }, { prefillChunk })
    const prompt = Array.from({ length: 40 }, (_, i) => 5 + i)
    const runsOf = async (id: string, prefixScope: string, more = {}) => {
      runs.length = 0
      const step = stepOf(id, [], prompt, { ...read, prefixScope, ...more })
      await joined.host.run({ ...emptyWork, steps: [step] }, never())
      joined.host.closeSessions([id])
      return [...runs]
    }
    expect(await runsOf('a', 'one')).toEqual([16, 16, 8])
    expect(await runsOf('b', 'one')).toEqual([8])
    expect(await runsOf('c', 'two')).toEqual([16, 16, 8])
    expect(await runsOf('d', '')).toEqual([16, 16, 8])
    expect(await runsOf('e', 'one', { rows: 'all' })).toEqual([16, 16, 8])
    await joined.close()
  })
})

/** The engine's methods without its class, so that one of them can be replaced. */
const wrap = (engine: OnnxEngine) => ({
  description: engine.description,
  batchMemory: engine.batchMemory,
  createCache: engine.createCache.bind(engine),
  kvBytesPerToken: engine.kvBytesPerToken.bind(engine),
  run: engine.run.bind(engine),
  runBatch: engine.runBatch.bind(engine),
})
