export { builderVersion } from './build/build-folder.js'
export * from './build.js'
export * from './catalog.js'
export * from './config.js'
export { appendGraph, appendLengthName, presentKeyName, presentValueName } from './graph/append-graph.js'
export * from './manifest.js'
export { withFloatActivations } from './onnx/float-activations.js'
export * from './precision.js'
export type { BinaryFile } from './read/binary-file.js'
export {
  checkpointIndexName,
  checkpointTextNames,
  checkpointWeightsName,
  refuseOtherTokenizers,
} from './read/hugging-face.js'
export { openAdapter, openModelSource } from './read/open.js'
export { adapterConfigName, adapterWeightsName } from './read/peft/open.js'
export { readShardIndex } from './read/safetensors.js'
export type * from './read/source.js'
export * from './validate-description.js'
