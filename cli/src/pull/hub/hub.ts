import { z } from 'zod'
import type { HubFile } from '../../cache/hub-file.js'
import { isSafePath } from '../../source-text/hub-name.js'
import type { HubAccess } from './hub-access.js'
import { HubUnreachable } from './hub-errors.js'
import { causeOf, createHubFetch } from './hub-fetch.js'

/** A part of a file, as a stream. */
export interface HubPart {
  /** The first byte: the requested one, or 0 if the server does not support ranges. */
  readonly from: number
  /**
   * Throws HubUnreachable if the connection breaks or the signal of the part aborts; the reason of
   * the hub's own signal.
   */
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * The requests to the hub. Each can throw HubRefusal, HubUnreachable, or the reason of the signal.
 */
export interface Hub {
  /** Returns the current commit of a revision, in 40 hexadecimal digits. */
  resolve(repo: string, revision: string): Promise<string>
  /** Returns all files of a commit. */
  list(repo: string, commit: string): Promise<HubFile[]>
  /**
   * Reads bytes of a file from `from` to `to` (exclusive) or the end. `signal` ends the part too.
   */
  read(
    place: HubPlace,
    range: { readonly from: number; readonly to: number | null },
    signal: AbortSignal,
  ): Promise<HubPart>
}

/** A file on the hub. */
export interface HubPlace {
  readonly repo: string
  readonly commit: string
  readonly path: string
}

/** Maximum number of files of a repository. */
const maxFiles = 20_000
const commitPattern = /^[0-9a-f]{40}$/
const infoSchema = z.object({ sha: z.string().regex(commitPattern) })
const size = z.int().nonnegative()
const entrySchema = z.object({
  path: z.string(),
  size,
  oid: z.string().regex(/^[0-9a-f]{40}$/),
  lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size }).nullish(),
})

/** Whether a revision is a commit, which never changes. */
export const isCommit = (revision: string): boolean => commitPattern.test(revision)

/**
 * Creates a client of the hub. It uses the hub's own client for questions, but not for downloads,
 * which it would restart after a broken connection. Bytes come by plain HTTP, from large file
 * storage too; Xet, the hub's other protocol, is not used.
 */
export function createHub(access: HubAccess, signal: AbortSignal): Hub {
  const { endpoint } = access
  const hubFetch = createHubFetch(access, signal)
  const options = { hubUrl: endpoint, fetch: hubFetch }
  return {
    async resolve(repo, revision) {
      const { modelInfo } = await loadClient()
      return infoSchema.parse(await modelInfo({ ...options, name: repo, revision, additionalFields: ['sha'] })).sha
    },
    async list(repo, commit) {
      const { listFiles } = await loadClient()
      const files: HubFile[] = []
      const entries = listFiles({ ...options, repo: { type: 'model', name: repo }, revision: commit, recursive: true })
      for await (const entry of entries) {
        // A file that cannot be stored under its own name is not needed.
        if (entry.type === 'file' && isSafePath(entry.path)) files.push(parseEntry(entry))
        if (files.length > maxFiles) throw new Error(`${repo} has more than ${maxFiles} files, the maximum`)
      }
      return files
    },
    async read(place, { from, to }, partSignal) {
      const url = fileUrl(endpoint, place)
      const isWhole = from === 0 && to === null
      const range = `bytes=${from}-${to === null ? '' : to - 1}`
      // Bytes are counted, so they must not be compressed.
      const headers = { 'accept-encoding': 'identity', ...(isWhole ? {} : { range }) }
      const response = await hubFetch(url, { headers, signal: partSignal })
      if (response.body === null) throw new Error(`${url} has no content`)
      return { from: startOf(response, from), body: connected(response.body, signal, partSignal) }
    },
  }
}

/**
 * Returns the URL of a file. Its name is encoded, so that no character has a meaning in the URL.
 */
export const fileUrl = (endpoint: string, { repo, commit, path }: HubPlace): string =>
  `${endpoint}/${repo}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`

/** Loads the client late: it takes time, and most commands do not need it. */
const loadClient = () => import('@huggingface/hub')

function startOf({ status, headers, url }: Response, asked: number): number {
  if (status !== 206) return 0
  const found = headers.get('content-range') ?? ''
  if (found.startsWith(`bytes ${asked}-`)) return asked
  throw new HubUnreachable(`${url} was asked for bytes from ${asked}, and answered with "${found}"`)
}

/** Turns an error of the body into HubUnreachable: the connection broke. */
async function* connected(body: ReadableStream<Uint8Array>, signal: AbortSignal, partSignal: AbortSignal) {
  try {
    yield* body
  } catch (error) {
    signal.throwIfAborted()
    throw new HubUnreachable(causeOf(partSignal.aborted ? partSignal.reason : error), { cause: error })
  }
}

function parseEntry(entry: unknown): HubFile {
  const { path, size: bytes, oid, lfs } = entrySchema.parse(entry)
  if (lfs) return { path, bytes: lfs.size, digest: { algorithm: 'sha256', hex: lfs.oid } }
  return { path, bytes, digest: { algorithm: 'git-sha1', hex: oid } }
}
