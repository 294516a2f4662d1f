import { z } from 'zod'
import type { HubFile } from '../../cache/hub-file.js'
import type { HubAccess } from './hub-access.js'
import { HubUnreachable } from './hub-errors.js'
import { causeOf, createHubFetch } from './hub-fetch.js'
import { isSafePath } from '../../source-text/hub-name.js'

/** A part of a file, as it comes. */
export interface HubPart {
  /** Where it begins: as asked, or 0 where the server knows no ranges. */
  readonly from: number
  /** @throws HubUnreachable where the connection breaks or the part's signal ends it, or the reason of the hub's own signal */
  readonly body: AsyncIterable<Uint8Array>
}

/** What is asked of the hub. Each may throw HubRefusal, HubUnreachable, or the reason of the signal. */
export interface Hub {
  /** The commit, in 40 hexadecimal digits, that a revision names now. */
  resolve(repo: string, revision: string): Promise<string>
  /** All files of a commit. */
  list(repo: string, commit: string): Promise<HubFile[]>
  /** Bytes of a file: from `from`, to `to` (without it) or the end. `signal` ends the part too. */
  read(
    place: HubPlace,
    range: { readonly from: number; readonly to: number | null },
    signal: AbortSignal,
  ): Promise<HubPart>
}

export interface HubPlace {
  readonly repo: string
  readonly commit: string
  readonly path: string
}

/** Most files of a repository that are listed. */
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

/** Whether a revision is a commit itself, which never changes. */
export const isCommit = (revision: string): boolean => commitPattern.test(revision)

/**
 * The hub, by its own client where that answers questions. Bytes are read beside it: its downloads begin anew where they broke.
 * They come by plain HTTP, from large file storage too; Xet, the hub's other way, is not used.
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
        // What cannot be kept here under its own name is none of what is read.
        if (entry.type === 'file' && isSafePath(entry.path)) files.push(parseEntry(entry))
        if (files.length > maxFiles)
          throw new Error(`${repo} has more than ${maxFiles} files; at most so many are read`)
      }
      return files
    },
    async read(place, { from, to }, partSignal) {
      const url = fileUrl(endpoint, place)
      const isWhole = from === 0 && to === null
      const range = `bytes=${from}-${to === null ? '' : to - 1}`
      // Bytes are counted: they must come as they are.
      const headers = { 'accept-encoding': 'identity', ...(isWhole ? {} : { range }) }
      const response = await hubFetch(url, { headers, signal: partSignal })
      if (response.body === null) throw new Error(`${url} has no content`)
      return { from: startOf(response, from), body: connected(response.body, signal, partSignal) }
    },
  }
}

/** Where a file is: its name stands there letter by letter, and means nothing to a URL. */
export const fileUrl = (endpoint: string, { repo, commit, path }: HubPlace): string =>
  `${endpoint}/${repo}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`

/** It takes a while to load, and most commands need none of it. */
const loadClient = () => import('@huggingface/hub')

function startOf({ status, headers, url }: Response, asked: number): number {
  if (status !== 206) return 0
  const found = headers.get('content-range') ?? ''
  if (found.startsWith(`bytes ${asked}-`)) return asked
  throw new HubUnreachable(`${url} was asked for bytes from ${asked} on, and answers with "${found}"`)
}

/** Where a body breaks, it is the connection that broke, and not what reads it. */
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
