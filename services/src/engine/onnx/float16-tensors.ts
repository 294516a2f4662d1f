import { Tensor } from 'onnxruntime-node'

/**
 * Makes onnxruntime keep the values of float16 tensors in Uint16Array, on every version of Node.
 * Since V8 13.6 (Node 24) JavaScript has Float16Array, and onnxruntime would use that; but its
 * binding for Node (1.30.0) takes such a tensor for an empty one. onnxruntime decides when the
 * first tensor is created, so this module creates one while Float16Array is hidden. Import it
 * before any other tensor is created.
 */
const hidden = Object.getOwnPropertyDescriptor(globalThis, 'Float16Array')
if (hidden) Reflect.deleteProperty(globalThis, 'Float16Array')
new Tensor('float32', new Float32Array(0), [0])
if (hidden) Object.defineProperty(globalThis, 'Float16Array', hidden)
