import { readdir, readFile } from 'node:fs/promises'

/** Processor time of a process's threads, milliseconds by thread id. Linux alone. */
export async function readThreadTimes(pid: number): Promise<ReadonlyMap<number, number>> {
  const folder = `/proc/${pid}/task`
  const times = new Map<number, number>()
  for (const thread of await readdir(folder)) {
    // Nanoseconds on a processor, nanoseconds waiting for one, turns.
    const [ns = ''] = (await readFile(`${folder}/${thread}/schedstat`, 'utf8')).split(' ')
    times.set(Number(thread), Number(ns) / 1e6)
  }
  return times
}

export interface ProcessTime {
  /** Of the event loop. */
  readonly mainMs: number
  /** Of the thread that took most beside it: the engine's, in a service. */
  readonly busiestMs: number
  readonly othersMs: number
}

/** What a process took between two readings. */
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
