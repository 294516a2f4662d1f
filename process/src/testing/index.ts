export * from './certificates.js'
export * from './loaded-modules.js'
