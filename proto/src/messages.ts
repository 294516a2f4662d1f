/** What the contract says without gRPC, for the threads that compute: they load no client of it. */
export * from './limits.js'
export * from './prefix-hash.js'
export * from './prefix-hashes.js'
export type * from './readout.js'
