import { createHash } from 'node:crypto'

/** The expected hash of a file on the hub. */
export interface HubDigest {
  /**
   * `sha256` for a file in large file storage, `git-sha1` (the SHA-1 of the blob) for a file in
   * git.
   */
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

/**
 * Creates an empty hash for the content of a file.
 * @param bytes the size of the file, which git's hash includes
 */
export function createFileHash(algorithm: HubDigest['algorithm'], bytes: number) {
  return algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${bytes}\0`)
}
