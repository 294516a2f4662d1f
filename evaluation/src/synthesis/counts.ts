/** Counts of what became of the prompts. */
export interface SynthesisCounts {
  /** Prompts of the file. */
  readonly prompts: number
  readonly pairs: number
  /** Pairs whose chosen answer was cut by the limit of tokens. */
  readonly cut: number
  /** What was dropped, by reason. */
  readonly dropped: Readonly<Record<string, number>>
}

/** Counts by reason. */
export class Tally {
  private readonly counts = new Map<string, number>()

  /** Counts something that was dropped. */
  add(reason: string, count = 1): void {
    if (count > 0) this.counts.set(reason, (this.counts.get(reason) ?? 0) + count)
  }

  /** The counts, in the order in which the reasons came up first. */
  toRecord(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts)
  }
}
