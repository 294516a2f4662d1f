import { createHash } from 'node:crypto'

/** What a file of the hub must be. */
export interface HubDigest {
  /** SHA-256 of a file in large file storage; of one in git itself its blob's SHA-1. */
  readonly algorithm: 'sha256' | 'git-sha1'
  /** Hexadecimal. */
  readonly hex: string
}

/** A file of a commit on the hub. */
export interface HubFile {
  /** Path from the top folder of the repository, parts joined by `/`. */
  readonly path: string
  readonly bytes: number
  readonly digest: HubDigest
}

/** A hash to be fed with the content of a file of so many bytes. */
export function createFileHash(algorithm: HubDigest['algorithm'], bytes: number) {
  return algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${bytes}\0`)
}
