import { Worker } from 'node:worker_threads'
import type { EngineDescription } from '../engine.js'
import { EngineStats } from '../engine-stats.js'
import { EngineHost } from './host.js'
import { disableTelemetry } from './telemetry.js'
import type { WorkerData, WorkerSettings } from './worker.js'

/** The built worker: a thread cannot run TypeScript. */
const builtWorker = new URL('../../../dist/engine/thread/worker.js', import.meta.url)

/** A loaded model in a worker thread. */
export interface EngineThread {
  readonly host: EngineHost
  readonly description: EngineDescription
  /** Written by the thread at any time. */
  readonly stats: EngineStats
  stop(): Promise<void>
}

/**
 * Loads a model in a worker thread.
 * @param onDeath called once if the thread ends without `stop`, after all waiting work has failed
 * @param workerUrl URL of the worker's program; tests replace it
 * @throws Error if the model cannot be loaded
 */
export async function startEngineThread(
  settings: WorkerSettings,
  onDeath: (reason: string) => void,
  workerUrl = builtWorker,
): Promise<EngineThread> {
  disableTelemetry()
  const stats = new EngineStats()
  const workerData: WorkerData = { ...settings, stats: stats.buffer }
  const worker = new Worker(workerUrl, { workerData })
  const host = new EngineHost(worker)
  let isEnding = false
  const die = (reason: string) => {
    host.fail(reason)
    if (isEnding) return
    isEnding = true
    onDeath(reason)
  }
  worker.on('error', (error) => die(`its thread failed: ${error.message}`))
  worker.on('exit', (code) => die(`its thread exited with code ${code}`))
  const stop = async () => {
    isEnding = true
    host.fail('the service is stopping')
    await worker.terminate()
  }
  try {
    return { host, description: await host.ready, stats, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
