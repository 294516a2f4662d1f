export * from './certificates.js'
