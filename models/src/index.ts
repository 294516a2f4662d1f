/**
 * Turns weights into model folders. `read/` opens checkpoints, adapters and exported graphs,
 * `weights/` converts their tensors, `graph/` and `architectures/` build the graph, `onnx/` writes
 * ONNX files, and `folder/` makes the model folder. Nothing here knows services, HTTP or decoding.
 */

export * from './build.js'
export * from './catalog.js'
export * from './config.js'
export { type AdapterTextDifferences, compareAdapterTexts } from './folder/adapter-texts.js'
export { describeEndTokens, withEndTokens } from './folder/end-tokens.js'
export { builderVersion } from './folder/model-folder.js'
export * from './folder-contract.js'
export * from './graphs.js'
export * from './precision.js'
export type { BinaryFile } from './read/binary-file.js'
export { adapterTextNames, checkpointTextNames } from './read/checkpoint-texts.js'
export { checkpointIndexName, checkpointWeightsName, refuseOtherTokenizers } from './read/hugging-face.js'
export {
  chooseExport,
  exportedGraphNames,
  exportName,
  findExport,
  isGraphPath,
  textFoldersOf,
} from './read/onnx/find-export.js'
export { describeExport, type ExportSource, openExport } from './read/onnx/open-export.js'
export { openAdapter, openModelSource } from './read/open.js'
export { refuseOtherAdapterTokenizers } from './read/peft/adapter-texts.js'
export { adapterConfigName, adapterWeightsName } from './read/peft/open.js'
export { readShardIndex } from './read/safetensors.js'
export type * from './source.js'
export * from './validate-description.js'
