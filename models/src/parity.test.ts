import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { InferenceSession } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildModel } from './build.js'
import type { Manifest } from './manifest.js'
import { GraphSession, largestLogDifference, loadGraph } from './testing/graph-session.js'
import { readReference, tinyFolder } from './testing/reference.js'
import { largestSummaryDifference } from './testing/summary.js'

const tolerance = 1e-4
const base = 'llama-tied'
const checkpoints = [base, 'llama3-rope', 'qwen2', 'qwen3', 'olmo2']
const builds = [
  ...checkpoints.map((name) => ({ label: name, source: name, adapter: null, merge: false })),
  { label: 'llama-tied, separate adapter', source: base, adapter: 'llama-tied+lora', merge: false },
  { label: 'llama-tied, adapter merged', source: base, adapter: 'llama-tied+lora', merge: true },
]

describe.each(builds)('$label at fp32', ({ source, adapter, merge }) => {
  let folder: string
  let manifest: Manifest
  let session: InferenceSession

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-parity-'))
    const out = join(folder, 'model')
    manifest = await buildModel({
      source: join(tinyFolder, source),
      adapter: adapter === null ? undefined : join(tinyFolder, adapter),
      merge,
      out,
      precision: 'fp32',
    })
    session = await loadGraph(join(out, 'model.onnx'), 2)
  })
  afterAll(async () => {
    await session?.release()
    await rm(folder, { recursive: true, force: true })
  })

  it('gives the log-probabilities of transformers in one chunk', async () => {
    for (const { ids, logits } of await readReference(adapter ?? source)) {
      const sequence = new GraphSession(session, manifest)
      const [rows = []] = await sequence.append([ids])
      expect(largestLogDifference(logits, rows)).toBeLessThanOrEqual(tolerance)
      expect(largestSummaryDifference(sequence.outputs, rows)).toBeLessThanOrEqual(1e-5)
    }
  })

  it('gives the same token by token from an empty cache', async () => {
    for (const { ids, logits } of await readReference(adapter ?? source)) {
      const sequence = new GraphSession(session, manifest)
      const rows: Float32Array[] = []
      for (const id of ids) rows.push(...(await sequence.append([[id]])).flat())
      expect(largestLogDifference(logits, rows)).toBeLessThanOrEqual(tolerance)
    }
  })

  it('gives the same for two sequences in a batch', async () => {
    const [one, two] = await readReference(adapter ?? source)
    const length = Math.min(one?.ids.length ?? 0, two?.ids.length ?? 0)
    const pair = [one?.ids.slice(0, length) ?? [], two?.ids.slice(0, length) ?? []]
    const sequences = new GraphSession(session, manifest, 2)
    const head = await sequences.append(pair.map((ids) => ids.slice(0, 2)))
    const tail = await sequences.append(pair.map((ids) => ids.slice(2)))
    for (const [i, input] of [one, two].entries()) {
      const rows = [...(head[i] ?? []), ...(tail[i] ?? [])]
      expect(rows).toHaveLength(length)
      expect(largestLogDifference(input?.logits.slice(0, length) ?? [], rows)).toBeLessThanOrEqual(tolerance)
    }
  })
})
