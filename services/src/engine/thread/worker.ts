import { parentPort, workerData } from 'node:worker_threads'
import { loadEngine, type OnnxSettings } from '../onnx/load-engine.js'
import { type EngineSettings, serveEngine } from './serve-engine.js'

/** Data that the worker thread starts with. */
export interface WorkerSettings {
  readonly onnx: OnnxSettings
  readonly engine: EngineSettings
}

if (parentPort === null) throw new Error('worker.js must run in a worker thread')
const port = parentPort
const { onnx, engine } = workerData as WorkerSettings
try {
  serveEngine(port, await loadEngine(onnx), engine)
} catch (error) {
  port.postMessage({ type: 'engine-failed', message: error instanceof Error ? error.message : String(error) })
  port.close()
}
