import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpu, loadEngine } from '@tandem/services/engine'
import { syntheticIds } from '../engine-steps.js'
import { median } from '../measure/statistics.js'
import { medianRun, type ProfiledRun, readProfile } from './operator-times.js'

/** The options of a profile. */
export interface ProfileOptions {
  /** The path of a model folder. */
  readonly folder: string
  readonly threads: number
  /** Number of tokens in each session. */
  readonly context: number
  /** Number of sessions whose one-token steps form one run. */
  readonly sessions: number
  readonly rounds: number
}

const warmRounds = 2
const batchBytes = 2 ** 30

/**
 * Runs one-token steps of several sessions at once through the engine with onnxruntime's profiler.
 * @returns medians over the rounds
 * @throws Error if onnxruntime wrote no profile, or if the sessions did not run as one batch
 */
export async function profileEngine({
  folder,
  threads,
  context,
  sessions,
  rounds,
}: ProfileOptions): Promise<ProfiledRun> {
  const place = await mkdtemp(join(tmpdir(), 'tandem-profile-'))
  try {
    const engine = await loadEngine({ folder, threads, devices: [cpu], profilePrefix: join(place, 'runs') })
    const { rowSize } = engine.description
    const caches = Array.from({ length: sessions }, () => engine.createCache())
    for (const [i, cache] of caches.entries()) {
      cache.reserve(context + 1)
      const tokenIds = Uint32Array.from(syntheticIds(context, i))
      await engine.run({ cache, position: 0, tokenIds, rowIndices: [] })
    }
    for (let round = 0; round < warmRounds + rounds; round++) {
      const tokenIds = Uint32Array.of(100 + round)
      const steps = caches.map((cache) => ({ cache, position: context, tokenIds, rowIndices: [0] }))
      await engine.runBatch(steps, batchBytes)
    }
    await engine.close()
    const runs = readProfile(await readRuns(place), rowSize)
    const expected = sessions + warmRounds + rounds
    if (runs.length !== expected) throw new Error(`the profile has ${runs.length} runs, expected ${expected}`)
    return medianRun(runs.slice(-rounds), median)
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

/** Finds the profile. The profiler also leaves an empty file in the same folder. */
async function readRuns(place: string): Promise<string> {
  for (const name of await readdir(place)) {
    const text = await readFile(join(place, name), 'utf8')
    if (text !== '') return text
  }
  throw new Error('onnxruntime wrote no profile: expected a JSON file that is not empty')
}
