import { createHash } from 'node:crypto'

/** Bytes of a SHA-256 digest. */
export const digestBytes = 32

/** The SHA-256 digest of an API key. Keys are kept and compared only in this form. */
export const digestKey = (key: string): Buffer => createHash('sha256').update(key).digest()
