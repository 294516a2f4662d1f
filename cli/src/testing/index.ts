/** For tests of other packages, whose processes ask a hub that runs here. */
export * from './hub-server.js'
export * from './read-folder.js'
