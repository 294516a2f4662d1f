import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel, type Precision } from '@tandem/models'
import { type GoldenRow, GraphSession } from '@tandem/test'
import { measureQuality, type Quality, type Steps } from './measures.js'
import { forceAnswers, goldenIdsOf, timeSteps } from './teacher-forcing.js'

/** A precision, with the DPO adapter either merged into the weights or computed next to them. */
export interface Variant {
  readonly precision: Precision
  readonly merge: boolean
}

/** The measures of one variant. */
export interface Measured extends Variant, Quality {
  /** Total size of both model folders. */
  readonly bytes: number
  /** Median time of a one-token step of the DPO model. */
  readonly stepMs: number
}

/** The files that the models are built from. */
export interface PairSource {
  /** A GGUF file or a Hugging Face folder. */
  readonly source: string
  readonly adapter: string
}

interface Options {
  readonly pair: PairSource
  readonly variants: readonly Variant[]
  readonly rows: readonly GoldenRow[]
  /** Number of timed steps per variant. */
  readonly rounds: number
  readonly onProgress: (text: string) => void
}

const alpha = 0.1
/** Number of tokens in the cache when a step is timed. */
const timedContext = 64

/** Compares every variant with fp32 and an unmerged adapter. */
export async function measurePair(options: Options): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-precision-'))
  try {
    const bench = new Bench(options, folder)
    const exact = { sft: await bench.sftSteps('fp32'), dpo: await bench.dpoSteps({ precision: 'fp32', merge: false }) }
    const goldenIds = goldenIdsOf(options.rows)
    const qualities: (Variant & Quality & { bytes: number })[] = []
    for (const variant of options.variants) {
      const isExact = variant.precision === 'fp32' && !variant.merge
      const found = isExact
        ? exact
        : { sft: await bench.sftSteps(variant.precision), dpo: await bench.dpoSteps(variant) }
      const quality = measureQuality(exact, found, goldenIds, alpha)
      const bytes = (await bench.bytesOf(variant.precision)) + (await bench.bytesOf(variant.precision, variant.merge))
      options.onProgress(`${variant.precision}, merge ${variant.merge}: ${JSON.stringify(quality)}`)
      qualities.push({ ...variant, ...quality, bytes })
    }
    const times = await bench.stepTimes(options.variants)
    return qualities.map((quality, i) => ({ ...quality, stepMs: times[i] ?? Number.NaN }))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

class Bench {
  private lastSft: { precision: Precision; steps: Steps } | undefined

  constructor(
    private readonly options: Options,
    private readonly folder: string,
  ) {}

  /**
   * Keeps only the last result, for the next variant of the same precision: rows of a whole
   * vocabulary are large.
   */
  async sftSteps(precision: Precision): Promise<Steps> {
    if (this.lastSft?.precision !== precision)
      this.lastSft = { precision, steps: await this.steps(await this.build(precision)) }
    return this.lastSft.steps
  }

  async dpoSteps({ precision, merge }: Variant): Promise<Steps> {
    return this.steps(await this.build(precision, merge))
  }

  async stepTimes(variants: readonly Variant[]): Promise<number[]> {
    const sessions: GraphSession[] = []
    try {
      for (const { precision, merge } of variants)
        sessions.push(await GraphSession.open(await this.build(precision, merge)))
      return await timeSteps(sessions, timedContext, this.options.rounds)
    } finally {
      for (const session of sessions) await session.close()
    }
  }

  async bytesOf(precision: Precision, merge?: boolean): Promise<number> {
    const folder = await this.build(precision, merge)
    const sizes = await Promise.all((await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size))
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  /**
   * Builds the SFT model, or the DPO model if `merge` is given. `buildModel` keeps a folder that is
   * up to date.
   */
  private async build(precision: Precision, merge?: boolean): Promise<string> {
    const { source, adapter } = this.options.pair
    const out = join(this.folder, merge === undefined ? precision : `${precision}-${merge ? 'merged' : 'separate'}`)
    await buildModel({ source, out, precision, ...(merge === undefined ? {} : { adapter, merge }) })
    return out
  }

  private async steps(folder: string): Promise<Steps> {
    this.options.onProgress(`running ${folder}`)
    const session = await GraphSession.open(folder)
    try {
      return await forceAnswers(session, this.options.rows)
    } finally {
      await session.close()
    }
  }
}
