import type { RequestRecord } from '../load/request-record.js'

/** Maximum number of different error messages that are kept. */
const maxErrors = 50

/** Counts the requests and kills of a soak. */
export class SoakProgress {
  readonly counts = { completed: 0, refused: 0, failed: 0, incomplete: 0, aborted: 0 }
  /** The number of each error message, without its numbers: they name ports and times. */
  readonly errors = new Map<string, number>()
  kills = 0

  add({ outcome, error }: RequestRecord): void {
    this.counts[outcome]++
    if (error === null) return
    if (this.errors.size >= maxErrors) return
    const key = error.slice(0, 200).replaceAll(/\d+/g, 'N')
    this.errors.set(key, (this.errors.get(key) ?? 0) + 1)
  }
}
