import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel, type Precision } from '@tandem/models'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixturesFolder, readReference } from './support/fixtures.js'
import { GraphSession } from './support/graph-session.js'
import { largestDifference } from './support/log-probabilities.js'

const tolerance = 1e-4

let workFolder: string
beforeAll(async () => {
  workFolder = await mkdtemp(join(tmpdir(), 'tandem-parity-'))
})
afterAll(() => rm(workFolder, { recursive: true, force: true }))

const folders = ['tiny', 'more'].flatMap((group) =>
  readdirSync(join(fixturesFolder, group), { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && existsSync(join(fixturesFolder, group, entry.name, 'reference.safetensors')),
    )
    .map((entry) => join(group, entry.name)),
)
const checkpoints = folders.filter((folder) => !folder.includes('+'))
const adapters = folders.filter((folder) => folder.includes('+'))

/** Returns the folder of a checkpoint, or its GGUF file. */
function sourceOf(folder: string): string {
  const path = join(fixturesFolder, folder)
  return existsSync(join(path, 'model.gguf')) ? join(path, 'model.gguf') : path
}

async function built(folder: string, options: { precision?: Precision; merge?: boolean } = {}): Promise<GraphSession> {
  const [base = folder, name] = folder.split('+')
  const { precision = 'fp32', merge } = options
  const out = join(workFolder, `${folder.replace('/', '-')}-${precision}-${merge ?? ''}`)
  await buildModel({
    source: sourceOf(base),
    out,
    precision,
    ...(name === undefined ? {} : { adapter: join(fixturesFolder, folder) }),
    ...(merge === undefined ? {} : { merge }),
  })
  return GraphSession.open(out)
}

/**
 * Returns the largest |delta log p| over all rows of all inputs. Each input is appended in chunks.
 */
async function differenceInChunks(session: GraphSession, folder: string, chunk: number): Promise<number> {
  let largest = 0
  for (const { ids, logits, vocabularySize } of readReference(join(fixturesFolder, folder))) {
    session.truncate(0)
    for (let start = 0; start < ids.length; start += chunk) {
      const part = ids.slice(start, start + chunk)
      const found = await session.append(part, [...part.keys()])
      const expected = logits.subarray(start * vocabularySize, (start + part.length) * vocabularySize)
      largest = Math.max(largest, largestDifference(found, expected, vocabularySize))
    }
  }
  return largest
}

describe.each(checkpoints)('%s at fp32', (folder) => {
  test('gives the logits of transformers for every row of every input, in one chunk, in several chunks and token by token', async () => {
    const session = await built(folder)
    for (const chunk of [1024, 5, 1]) expect(await differenceInChunks(session, folder, chunk)).toBeLessThan(tolerance)
    await session.close()
  })
})

describe.each(adapters)('%s at fp32', (folder) => {
  test.each([false, true])('gives the logits of PEFT with merge: %s', async (merge) => {
    const session = await built(folder, { merge })
    for (const chunk of [1024, 1]) expect(await differenceInChunks(session, folder, chunk)).toBeLessThan(tolerance)
    await session.close()
  })
})

describe('stored forms', () => {
  test.each(['more/llama-bare', 'more/qwen2-untied', 'more/olmo2-gqa', 'more/gguf-llama-f16', 'tiny/qwen2'])(
    '%s, stored as float16, is exact in precision fp16',
    async (folder) => {
      const session = await built(folder, { precision: 'fp16' })
      expect(await differenceInChunks(session, folder, 7)).toBeLessThan(tolerance)
      await session.close()
    },
  )

  test.each([
    'more/gguf-llama-q4_0',
    'more/gguf-llama-q4_1',
    'more/gguf-llama-q8_0',
    'more/gguf-llama-tied',
    'more/gguf-qwen2-q4_0',
  ])('%s in its own grid differs by the rounding of activations alone', async (folder) => {
    const session = await built(folder, { precision: 'native' })
    expect(await differenceInChunks(session, folder, 1)).toBeLessThan(0.003)
    await session.close()
  })
})
