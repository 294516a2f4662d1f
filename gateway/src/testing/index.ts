/** Helpers for tests of other packages. */
export * from './serve-toys.js'
