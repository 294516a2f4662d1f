/** The ONNX graphs that a service writes or changes while it loads a model for a GPU. */
export { appendGraph, appendLengthName, presentKeyName, presentValueName } from './graph/append-graph.js'
export { withFloatActivations } from './onnx/float-activations.js'
export { withoutReaders } from './onnx/without-readers.js'
