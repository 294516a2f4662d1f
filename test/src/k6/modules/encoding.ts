import { onlyKnown } from './only-known.js'

/** `b64decode` of k6: standard base64 with padding to bytes. */
const b64decode = (text: string): ArrayBuffer => Uint8Array.from(Buffer.from(text, 'base64')).buffer

export default onlyKnown('k6/encoding', { b64decode })
