import { Worker } from 'node:worker_threads'
import type { EngineDescription } from '../engine.js'
import { EngineHost } from './host.js'
import { allowCollection } from '../onnx/output-garbage.js'
import { disableTelemetry } from './telemetry.js'
import type { WorkerSettings } from './worker.js'

export interface EngineThread {
  host: EngineHost
  description: EngineDescription
  stop(): Promise<void>
}

/**
 * Loads a model in a worker thread.
 * @param workerUrl of the built worker: a thread runs no TypeScript
 * @param onDeath called once where the thread ends unasked, after all that waits for it has failed
 * @throws Error where the model cannot be loaded
 */
export async function startEngineThread(
  settings: WorkerSettings,
  onDeath: (reason: string) => void,
  workerUrl = new URL('./worker.js', import.meta.url),
): Promise<EngineThread> {
  disableTelemetry()
  allowCollection()
  const worker = new Worker(workerUrl, { workerData: settings })
  const host = new EngineHost(worker)
  let isEnding = false
  const died = (reason: string) => {
    host.fail(reason)
    if (isEnding) return
    isEnding = true
    onDeath(reason)
  }
  worker.on('error', (error) => died(`its thread failed: ${error.message}`))
  worker.on('exit', (code) => died(`its thread exited with code ${code}`))
  const stop = async () => {
    isEnding = true
    host.fail('the service is stopping')
    await worker.terminate()
  }
  try {
    return { host, description: await host.ready, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
