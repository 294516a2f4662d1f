import { Worker } from 'node:worker_threads'
import type { EngineDescription } from '../engine.js'
import { exposeGc } from '../onnx/output-garbage.js'
import { EngineHost } from './host.js'
import { disableTelemetry } from './telemetry.js'
import type { WorkerSettings } from './worker.js'

/** A loaded model in a worker thread. */
export interface EngineThread {
  readonly host: EngineHost
  readonly description: EngineDescription
  stop(): Promise<void>
}

/**
 * Loads a model in a worker thread.
 * @param onDeath called once if the thread ends without `stop`, after all waiting work has failed
 * @param workerUrl URL of the built worker: a thread cannot run TypeScript
 * @throws Error if the model cannot be loaded
 */
export async function startEngineThread(
  settings: WorkerSettings,
  onDeath: (reason: string) => void,
  workerUrl = new URL('./worker.js', import.meta.url),
): Promise<EngineThread> {
  disableTelemetry()
  exposeGc()
  const worker = new Worker(workerUrl, { workerData: settings })
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
    return { host, description: await host.ready, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
