import { parentPort, workerData } from 'node:worker_threads'
import { collectEachMinute, messageOf } from '@tandem/process'
import { EngineStats } from '../engine-stats.js'
import { loadEngine, type OnnxSettings } from '../onnx/load-engine.js'
import { type EngineSettings, serveEngine } from './serve-engine.js'

/** Data that the worker thread starts with. */
export interface WorkerSettings {
  readonly onnx: OnnxSettings
  readonly engine: EngineSettings
}

/** The settings, and the memory that the thread writes its statistics to. */
export interface WorkerData extends WorkerSettings {
  readonly stats: SharedArrayBuffer
}

if (parentPort === null) throw new Error('worker.js must run in a worker thread')
const port = parentPort
const { onnx, engine, stats } = workerData as WorkerData
collectEachMinute()
try {
  serveEngine(port, await loadEngine(onnx), engine, new EngineStats(stats))
} catch (error) {
  port.postMessage({ type: 'engine-failed', message: messageOf(error) })
  port.close()
}
