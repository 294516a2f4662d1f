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

/** The samples of a soak. */
export class SoakSeries {
  private readonly samples = new Map<string, Sample[]>()
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
      for (const measure of ['rssMiB', 'handles', 'sockets', 'threads'] as const)
        this.add(name, measure, { at, value: state[measure] })
    }
  }

  /** Judges each series from a time on. @param from in seconds: the end of the warm-up */
  verdicts(from: number): readonly Verdict[] {
    return [...this.samples].map(([key, samples]) => {
      const [of = '', measure] = key.split(' ') as [string, Measure]
      const settled = samples.filter(({ at }) => at >= from)
      const judged = measure === 'rssMiB' ? floorsOf(settled, floorSamples) : settled
      return {
        of,
        measure,
        samples: judged.length,
        isJudged: judged.length >= leastSamples,
        last: settled.at(-1)?.value ?? 0,
        ...growthOf(judged, tolerances[measure]),
      }
    })
  }

  /** Returns all samples by process and measure. */
  toJSON(): object {
    return Object.fromEntries(this.samples)
  }

  private add(of: string, measure: Measure, sample: Sample): void {
    const key = `${of} ${measure}`
    const samples = this.samples.get(key) ?? []
    samples.push(sample)
    this.samples.set(key, samples)
  }
}

/** Returns a Markdown table of verdicts. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const number = (value: number) => (Number.isInteger(value) ? `${value}` : value.toFixed(1))
  const rows = verdicts.map(
    ({ of, measure, samples, isJudged, median, growth, last, isFlat }) =>
      `| ${of} | ${measure} | ${samples} | ${number(median)} | ${number(last)} | ${growth.toFixed(1)} | ${isJudged ? (isFlat ? 'yes' : 'no') : 'too few samples'} |`,
  )
  return [
    '| process | measure | samples | median | last | growth by slope | flat |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}
