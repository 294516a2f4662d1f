import { markdownTable } from '@tandem/test'
import { readProcess } from './read-process.js'
import { floorsOf, type Growth, growthOf, type Sample, type Tolerance } from './slope.js'
import type { StackProcess } from './stack-processes.js'

const measures = ['rssMiB', 'handles', 'sockets', 'threads', 'sessions'] as const
/** What is sampled. */
export type Measure = (typeof measures)[number]

/** How much each measure may grow during a soak. */
const tolerances: Readonly<Record<Measure, Tolerance>> = {
  // The heap of Node grows with rarer collections until it reaches a steady state.
  rssMiB: { share: 0.05, absolute: 16 },
  handles: { share: 0, absolute: 3 },
  sockets: { share: 0, absolute: 3 },
  threads: { share: 0, absolute: 1 },
  sessions: { share: 0, absolute: 2 },
}

/** A process is sampled from this age on, in seconds: a restarted one first loads its model. */
const leastAge = 30
/** Fewer samples are not judged: their slope says nothing. */
const leastSamples = 8
/** Samples of memory of which the least is judged. */
const floorSamples = 6

/** A series and its growth. */
export interface Verdict extends Growth {
  /** The process, or "all". */
  readonly of: string
  readonly measure: Measure
  /** Number of samples. */
  readonly samples: number
  /** Whether they are enough for a verdict. */
  readonly isJudged: boolean
  readonly last: number
}

interface Series {
  readonly of: string
  readonly measure: Measure
  readonly samples: Sample[]
}

/**
 * The samples of a soak. The memory of a process that replaced another one is a series of its own:
 * it rises while its caches fill. The longest of them is judged.
 */
export class SoakSeries {
  private readonly series = new Map<string, Series>()
  /** When each process was first seen. */
  private readonly seenAt = new Map<number, number>()

  /** Adds one sample of each process, and the sessions of all services. @param at in seconds */
  async sample(at: number, processes: readonly StackProcess[], sessions: number): Promise<void> {
    this.add('all', 'sessions', { at, value: sessions })
    for (const { name, pid } of processes) {
      const seenAt = this.seenAt.get(pid) ?? at
      this.seenAt.set(pid, seenAt)
      const state = at - seenAt < leastAge ? null : await readProcess(pid)
      if (state === null) continue
      this.add(name, 'rssMiB', { at, value: state.rssMiB }, pid)
      for (const measure of ['handles', 'sockets', 'threads'] as const)
        this.add(name, measure, { at, value: state[measure] })
    }
  }

  /** Judges the series from a time on. @param from in seconds: the end of the warm-up */
  verdicts(from: number): readonly Verdict[] {
    const longest = new Map<string, Series>()
    for (const { of, measure, samples } of this.series.values()) {
      const key = `${of} ${measure}`
      const settled = samples.filter(({ at }) => at >= from)
      if (settled.length >= (longest.get(key)?.samples.length ?? 0)) longest.set(key, { of, measure, samples: settled })
    }
    return [...longest.values()].map(judge)
  }

  /** Returns all samples by process, measure and process id. */
  toJSON(): object {
    return Object.fromEntries([...this.series].map(([key, { samples }]) => [key, samples]))
  }

  private add(of: string, measure: Measure, sample: Sample, pid: number | null = null): void {
    const key = [of, measure, ...(pid === null ? [] : [pid])].join(' ')
    const series = this.series.get(key) ?? { of, measure, samples: [] }
    series.samples.push(sample)
    this.series.set(key, series)
  }
}

function judge({ of, measure, samples }: Series): Verdict {
  const judged = measure === 'rssMiB' ? floorsOf(samples, floorSamples) : samples
  return {
    of,
    measure,
    samples: judged.length,
    isJudged: judged.length >= leastSamples,
    last: samples.at(-1)?.value ?? 0,
    ...growthOf(judged, tolerances[measure]),
  }
}

/** Returns a Markdown table of verdicts. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const number = (value: number) => (Number.isInteger(value) ? `${value}` : value.toFixed(1))
  const flatness = ({ isJudged, isFlat }: Verdict) => (isJudged ? (isFlat ? 'yes' : 'no') : 'too few samples')
  const rows = verdicts.map((verdict) => {
    const { of, measure, samples, median, growth, last } = verdict
    return [of, measure, `${samples}`, number(median), number(last), growth.toFixed(1), flatness(verdict)]
  })
  return markdownTable({ header: ['process', 'measure', 'samples', 'median', 'last', 'growth by slope', 'flat'], rows })
}
