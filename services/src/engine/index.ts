/** The engine alone, for programs that measure it: no sessions by name, no scheduler, no thread of its own. */

export { computeDevicesSchema, cpu } from './compute-device.js'
export { loadEngine } from './onnx/load-engine.js'
