/** Helpers for tests of other packages: a local hub for their processes. */
export * from './hub-server.js'
export * from './read-folder.js'
