import { MessageChannel } from 'node:worker_threads'
import type { Engine } from '../engine.js'
import { EngineStats } from '../engine-stats.js'
import { EngineHost } from '../thread/host.js'
import { type EngineSettings, serveEngine } from '../thread/serve-engine.js'

export const generousSettings: EngineSettings = {
  maxSessions: 64,
  maxBytes: 64 * 1024 * 1024,
  ttlMs: 60_000,
  graceMs: 0,
  maxQueue: 256,
  maxBatch: 16,
  maxPrompts: 1,
  prefillChunk: 5,
  strict: false,
}

/** Joins the host and the worker side by a channel. Close it, or the test process does not end. */
export function joinEngine(engine: Engine, settings: Partial<EngineSettings> = {}) {
  const { port1, port2 } = new MessageChannel()
  const host = new EngineHost(port1)
  const stats = new EngineStats()
  const end = serveEngine(port2, engine, { ...generousSettings, ...settings }, stats)
  const close = async () => {
    port1.close()
    await end()
  }
  return { host, stats, close, port: port2 }
}
