import { BatchArena, type Seating } from './batch-arena.js'
import type { BatchMemory } from '../engine.js'
import type { KeyValueShape } from './kv-cache.js'

/** An arena that so many batches have gone by is given up, though its sessions may still be open. */
const mostIdleRuns = 64

interface Place {
  arena: BatchArena
  columns: number[]
}

/** The arenas of sessions that decode together. Sessions of very different lengths, or more than fit into a batch, sit in several. */
export class ArenaPool implements BatchMemory {
  /** With the run that each was last used in. */
  private readonly arenas = new Map<BatchArena, number>()
  private runs = 0

  constructor(
    private readonly shape: KeyValueShape,
    private readonly tokenBytes: number,
  ) {}

  get byteLength(): number {
    return [...this.arenas.keys()].reduce((sum, arena) => sum + arena.byteLength, 0)
  }

  /** @returns null where `maxBytes` for all arenas, or the machine's memory, do not suffice */
  seat(seatings: readonly Seating[], maxBytes: number): Place | null {
    this.runs++
    const arena = this.arenaOf(seatings)
    this.arenas.set(arena, this.runs)
    this.dropIdle()
    try {
      const columns = arena.seat(seatings, maxBytes - (this.byteLength - arena.byteLength))
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

  /** The one where most of these sessions sit. */
  private arenaOf(seatings: readonly Seating[]): BatchArena {
    const caches = new Set(seatings.map(({ cache }) => cache))
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
      const isOld = this.runs - lastRun >= mostIdleRuns
      const isDeserted = lastRun < this.runs && arena.sessions.length === 0
      if (isOld || isDeserted) this.drop(arena)
    }
  }

  private drop(arena: BatchArena): void {
    arena.close()
    this.arenas.delete(arena)
  }
}
