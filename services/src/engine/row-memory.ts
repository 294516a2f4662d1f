import type { LogitsRow } from './logits-row.js'

/** A row of each session of a batch. */
const mostSpares = 16

/** Memory of rows that outlast their run, used again once nobody reads them: fresh memory for each has V8 collect its whole heap more often. */
export class RowMemory {
  private readonly spares: Float32Array[] = []

  /** @param row a view of a run's outputs */
  copy(row: LogitsRow): LogitsRow {
    const memory = this.spares.pop() ?? new Float32Array(row.logits.length)
    return row.copy(memory, () => {
      if (this.spares.length < mostSpares) this.spares.push(memory)
    })
  }
}
