import type { BatchMemory } from '../engine.js'
import { BatchArena, type BatchEntry } from './batch-arena.js'
import type { KeyValueShape } from './key-value-buffers.js'

/**
 * Number of batches after which an unused arena is dropped, even if its sessions are still open.
 */
const maxIdleRuns = 64

/** The column of each session of a batch. */
interface ColumnAssignment {
  readonly arena: BatchArena
  readonly columns: number[]
}

/**
 * The arenas of sessions that decode together. Sessions of very different lengths, or more than fit
 * into a batch, use several arenas.
 */
export class ArenaPool implements BatchMemory {
  /** Each arena with the run that last used it. */
  private readonly arenas = new Map<BatchArena, number>()
  private runs = 0

  constructor(
    private readonly shape: KeyValueShape,
    private readonly tokenBytes: number,
  ) {}

  get byteLength(): number {
    return [...this.arenas.keys()].reduce((sum, arena) => sum + arena.byteLength, 0)
  }

  /** @returns null if `maxBytes` for all arenas, or the machine's memory, is too small */
  assignColumns(entries: readonly BatchEntry[], maxBytes: number): ColumnAssignment | null {
    this.runs++
    const arena = this.arenaOf(entries)
    this.arenas.set(arena, this.runs)
    this.dropIdle()
    try {
      const columns = arena.assignColumns(entries, maxBytes - (this.byteLength - arena.byteLength))
      if (columns !== null) return { arena, columns }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
    this.drop(arena)
    return null
  }

  clear(): void {
    for (const arena of this.arenas.keys()) this.drop(arena)
  }

  /** The arena that most of these sessions have a column in, or a new one. */
  private arenaOf(entries: readonly BatchEntry[]): BatchArena {
    const caches = new Set(entries.map(({ cache }) => cache))
    let best: BatchArena | null = null
    let most = 0
    for (const arena of this.arenas.keys()) {
      const count = arena.sessions.filter((cache) => caches.has(cache)).length
      if (count > most) {
        best = arena
        most = count
      }
    }
    return best ?? new BatchArena(this.shape, this.tokenBytes)
  }

  private dropIdle(): void {
    for (const [arena, lastRun] of this.arenas) {
      const isOld = this.runs - lastRun >= maxIdleRuns
      const isEmpty = lastRun < this.runs && arena.sessions.length === 0
      if (isOld || isEmpty) this.drop(arena)
    }
  }

  private drop(arena: BatchArena): void {
    arena.close()
    this.arenas.delete(arena)
  }
}
