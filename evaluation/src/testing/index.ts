/** Helpers for tests of other packages. */
export * from './fake-gateway.js'
export * from './fake-judge.js'
