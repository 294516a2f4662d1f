/** The bare engine, for programs that measure it: without sessions, scheduler or worker thread. */

export { computeDevicesSchema, cpu } from './compute-device.js'
export { loadEngine } from './onnx/load-engine.js'
