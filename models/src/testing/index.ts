/** Writers of small model files, for tests of this package and of others. */

export { byteCharacters } from '../read/testing/byte-characters.js'
export { encodeGguf, floatTensor, type GgufValue } from '../read/testing/gguf-file.js'
export { encodeSafetensors, floats, type TensorToWrite } from '../read/testing/safetensors-file.js'
export { tinyMetadata } from '../read/testing/tiny-gguf.js'
