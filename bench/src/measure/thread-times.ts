import { readdir, readFile } from 'node:fs/promises'

/**
 * Reads the processor time of the threads of a process, in milliseconds by thread id. Linux only.
 */
export async function readThreadTimes(pid: number): Promise<ReadonlyMap<number, number>> {
  const folder = `/proc/${pid}/task`
  const times = new Map<number, number>()
  for (const thread of await readdir(folder)) {
    // The fields: nanoseconds on a processor, nanoseconds of waiting for one, number of time
    // slices.
    const [ns = ''] = (await readFile(`${folder}/${thread}/schedstat`, 'utf8')).split(' ')
    times.set(Number(thread), Number(ns) / 1e6)
  }
  return times
}

/** The processor time of a process, in milliseconds. */
export interface ProcessTime {
  /** Time of the event loop. */
  readonly mainMs: number
  /** Time of the busiest other thread, which is the engine's in a service. */
  readonly busiestMs: number
  readonly othersMs: number
}

/** Returns the processor time of a process between two readings. */
export function timeBetween(
  pid: number,
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
): ProcessTime {
  const spent = [...after].map(([thread, ms]) => ({ thread, ms: ms - (before.get(thread) ?? 0) }))
  const mainMs = spent.find(({ thread }) => thread === pid)?.ms ?? Number.NaN
  const [busiestMs = 0, ...others] = spent
    .filter(({ thread }) => thread !== pid)
    .map(({ ms }) => ms)
    .toSorted((a, b) => b - a)
  return { mainMs, busiestMs, othersMs: others.reduce((sum, ms) => sum + ms, 0) }
}
