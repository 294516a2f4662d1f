/**
 * What a program needs to run a model folder: its manifest and the names in its graph. It loads
 * nothing that builds models, so that services start sooner.
 */
export type { HeadKind } from './config.js'
export * from './manifest.js'
export { halfToFloat } from './weights/dequantize.js'
