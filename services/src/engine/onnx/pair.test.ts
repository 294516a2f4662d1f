import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildModel } from '@tandem/models'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Forward, ModelVariant } from '../engine.js'
import type { LogitsRow } from '../logits/logits-row.js'
import { logitsOf } from '../testing/index.js'
import { OnnxEngine } from './onnx-engine.js'

/** A graph whose adapter can be switched off serves both models of a pair, also in one run. */

const fixture = (name: string) => fileURLToPath(new URL(`../../../../test/fixtures/tiny/${name}`, import.meta.url))
const source = fixture('llama-tied')
const adapter = fixture('llama-tied+lora')
const tolerance = 1e-4
const prompt = [5, 100, 7, 42, 9, 300, 11]

let folder: string
let engines: Record<'pair' | 'base' | 'adapted', OnnxEngine>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-pair-'))
  const build = async (name: string, more: object) => {
    const out = join(folder, name)
    await buildModel({ source, out, precision: 'fp32', ...more })
    return OnnxEngine.load({ folder: out, threads: 1 })
  }
  engines = {
    pair: await build('pair', { adapter, switched: true }),
    base: await build('base', {}),
    adapted: await build('adapted', { adapter }),
  }
})
afterAll(async () => {
  for (const engine of Object.values(engines ?? {})) await engine.close()
  await rm(folder, { recursive: true, force: true })
})

function forwardOf(engine: OnnxEngine, variant: ModelVariant, ids = prompt): Forward {
  const cache = engine.createCache(variant)
  cache.reserve(64)
  return { cache, position: 0, tokenIds: Uint32Array.from(ids), rowIndices: [...ids.keys()] }
}

function largestDifference(found: readonly LogitsRow[], expected: readonly LogitsRow[]): number {
  const [a, b] = [logitsOf(found), logitsOf(expected)]
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))))
}

test('each variant gives the logits of its own model', async () => {
  const adapted = await engines.adapted.run(forwardOf(engines.adapted, 'adapted'))
  const base = await engines.base.run(forwardOf(engines.base, 'adapted'))
  expect(largestDifference(adapted, base)).toBeGreaterThan(0.1)
  const found = await engines.pair.run(forwardOf(engines.pair, 'adapted'))
  expect(largestDifference(found, adapted)).toBeLessThanOrEqual(tolerance)
  const foundBase = await engines.pair.run(forwardOf(engines.pair, 'base'))
  expect(largestDifference(foundBase, base)).toBeLessThanOrEqual(tolerance)
})

test('an adapter at 0.4 of its scale: the pair gives the logits of the folder with this model only', async () => {
  const load = async (name: string, more: object) => {
    const out = join(folder, name)
    await buildModel({ source, adapter, adapterScale: 0.4, out, precision: 'fp32', ...more })
    return OnnxEngine.load({ folder: out, threads: 1 })
  }
  const [single, pair] = [await load('adapted at 0.4', {}), await load('pair at 0.4', { switched: true })]
  try {
    const expected = await single.run(forwardOf(single, 'adapted'))
    expect(largestDifference(await pair.run(forwardOf(pair, 'adapted')), expected)).toBeLessThanOrEqual(tolerance)
    const whole = await engines.adapted.run(forwardOf(engines.adapted, 'adapted'))
    expect(largestDifference(whole, expected)).toBeGreaterThan(0.1)
    const base = await engines.base.run(forwardOf(engines.base, 'adapted'))
    expect(largestDifference(await pair.run(forwardOf(pair, 'base')), base)).toBeLessThanOrEqual(tolerance)
  } finally {
    await Promise.all([single.close(), pair.close()])
  }
})

test('both variants in one run give the same logits as apart, step after step', async () => {
  const { pair } = engines
  const apart = { adapted: forwardOf(engines.adapted, 'adapted'), base: forwardOf(engines.base, 'adapted') }
  const together = (['base', 'adapted'] as const).map((variant) => forwardOf(pair, variant))
  const follow = (forward: Forward, id: number): Forward => ({
    cache: forward.cache,
    position: forward.cache.length,
    tokenIds: Uint32Array.of(id),
    rowIndices: [0],
  })
  for (const id of [null, 17, 300, 2]) {
    const step = (forward: Forward) => (id === null ? forward : follow(forward, id))
    const [base, adapted] = await pair.runBatch(together.map(step), 1e9)
    expect(largestDifference(base ?? [], await engines.base.run(step(apart.base)))).toBeLessThanOrEqual(tolerance)
    expect(largestDifference(adapted ?? [], await engines.adapted.run(step(apart.adapted)))).toBeLessThanOrEqual(
      tolerance,
    )
  }
})

test('refuses the base variant of a model whose adapter cannot be switched off', () => {
  expect(() => engines.adapted.createCache('base')).toThrow(
    'this model has no adapter that can be switched off: it is a single model, not a pair',
  )
})

test('refuses to build a switched model without a separate adapter', async () => {
  const out = join(folder, 'none')
  const message = 'switched needs an adapter that is not merged: give an adapter, and do not merge it'
  await expect(buildModel({ source, out, switched: true })).rejects.toThrow(message)
  await expect(buildModel({ source, adapter, merge: true, out, switched: true })).rejects.toThrow(message)
})
