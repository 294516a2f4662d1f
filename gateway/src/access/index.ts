export { parseKeyFile, readKeyFile } from './key-file.js'
export { maxKeyLimit } from './key-limits.js'
export { KeyStore } from './key-store.js'
export { KeyError } from './parse-key-line.js'
