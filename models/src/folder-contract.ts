/**
 * What a program needs to run a model folder: its manifest, the names in its graph and the hashes
 * of its files. It loads nothing that builds models, so that services start sooner.
 */
export type { HeadKind } from './config.js'
export { hashFile } from './folder/hash.js'
export * from './manifest.js'
export { halfToFloat } from './weights/dequantize.js'
