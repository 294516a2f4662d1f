import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A repository of the test hub. It has one commit, which follows from its files. */
export interface ServedRepo {
  /** Contents by path. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly isPrivate?: boolean
  /** Whether only accounts that have accepted the terms can read it. All can list it. */
  readonly isGated?: boolean
  /** Wrong sizes for the list, by path. */
  readonly listedBytes?: ReadonlyMap<string, number>
}

/** Faults of the test hub. A test can change them at any time. */
export interface HubFaults {
  /** Bytes after which a connection to a large file is cut. */
  cutAfterBytes: number
  /** Number of connections that are cut. */
  cuts: number
  /** Connections stay open without further bytes instead of being cut. */
  isHeld: boolean
  /** The hub answers only 503 after the first cut. */
  isDownAfterCut: boolean
  /** The status of every answer of the hub itself, e.g. 503; null: none. */
  status: number | null
  /** A path whose content differs from the list; null: none. */
  changedPath: string | null
  /** The server ignores ranges. */
  hasNoRanges: boolean
}

/**
 * A local stand-in for the Hugging Face hub on two ports: the hub itself, and its large file
 * storage.
 */
export interface HubServer {
  readonly url: string
  /** Repositories by `ORG/REPO`. */
  readonly repos: Map<string, ServedRepo>
  readonly faults: HubFaults
  /** Requests in their order: `GET /path bytes=1-`, with `storage` before it for the storage. */
  readonly requests: string[]
  /** Returns the commit of all branches of a repository. */
  commitOf(repo: string): string
  close(): Promise<void>
}

/** The token of an account with access to all repositories. */
export const readerToken = 'hf_reader'
/** The token of an account without access to private and gated repositories. */
export const otherToken = 'hf_other'
const revisions = ['main', 'HEAD', 'v1.0', 'refs/pr/1']
/** Minimum size of a file in large file storage. */
const largeBytes = 100_000
const pageSize = 5

/** Starts a test hub. The caller closes it. */
export async function startHubServer(repos: Readonly<Record<string, ServedRepo>> = {}): Promise<HubServer> {
  const served = new Map(Object.entries(repos))
  const requests: string[] = []
  const faults: HubFaults = {
    cutAfterBytes: 0,
    cuts: 0,
    isHeld: false,
    isDownAfterCut: false,
    status: null,
    changedPath: null,
    hasNoRanges: false,
  }
  const contentOf = (path: string, bytes: Uint8Array) => (path === faults.changedPath ? bytes.map((b) => b ^ 1) : bytes)

  const storage = await listen((request, response) => {
    requests.push(`storage ${lineOf(request)}`)
    // As S3 does: a second way of authentication is an error.
    if (request.headers.authorization !== undefined) return refuse(response, 400, '', 'Only one auth mechanism allowed')
    const [repo = '', path = ''] = new URL(request.url ?? '', 'http://storage').searchParams.getAll('of')
    const bytes = served.get(repo)?.files.get(path)
    if (bytes === undefined) return refuse(response, 404, '', 'no such object')
    const isCut = faults.cuts > 0
    if (isCut) faults.cuts--
    if (isCut && faults.isDownAfterCut) faults.status = 503
    sendBytes(request, response, contentOf(path, bytes), faults, isCut ? faults.cutAfterBytes : null)
  })

  const hub = await listen((request, response) => {
    requests.push(lineOf(request))
    if (faults.status !== null) return refuse(response, faults.status, '', 'out of order')
    const url = new URL(request.url ?? '', 'http://hub')
    const [, api, org, name, kind, tail] =
      /^\/(api\/models\/)?([^/]+)\/([^/]+)\/(revision|tree|resolve)\/(.+)$/.exec(url.pathname) ?? []
    const repoName = `${org}/${name}`
    const token = request.headers.authorization?.replace('Bearer ', '') ?? null
    if (token !== null && token !== readerToken && token !== otherToken)
      return refuse(response, 401, '', 'Invalid credentials in Authorization header')
    const repo = served.get(repoName)
    if (repo === undefined || (repo.isPrivate && token !== readerToken))
      return token === null
        ? refuse(response, 401, 'RepoNotFound', 'Invalid username or password.')
        : refuse(response, 404, 'RepoNotFound', 'Repository not found')
    const commit = commitOf(repo)
    const isKnown = (revision: string) => revision === commit || revisions.includes(revision)
    if (kind === 'revision' && api) {
      if (!isKnown(decodeURIComponent(tail ?? ''))) return refuseRevision(response, tail)
      return sendJson(response, { _id: 'id', id: repoName, sha: commit, private: repo.isPrivate ?? false })
    }
    if (kind === 'tree' && api)
      return isKnown(tail ?? '') ? sendPage(url, response, repo) : refuseRevision(response, tail)
    const [revision = '', ...parts] = (tail ?? '').split('/')
    const path = parts.map(decodeURIComponent).join('/')
    const bytes = repo.files.get(path)
    if (!isKnown(decodeURIComponent(revision))) return refuseRevision(response, revision)
    if (repo.isGated && token !== readerToken) return refuseGated(response, token, repoName)
    if (bytes === undefined) return refuse(response, 404, 'EntryNotFound', 'Entry not found')
    response.setHeader('x-repo-commit', commit)
    if (!isLarge(bytes)) {
      response.setHeader('etag', `"${blobSha1(bytes)}"`)
      return sendBytes(request, response, contentOf(path, bytes), faults, null)
    }
    const location = `${storage.url}/object?${new URLSearchParams([
      ['of', repoName],
      ['of', path],
    ])}`
    response.writeHead(302, { location, 'x-linked-etag': `"${sha256(bytes)}"`, 'x-linked-size': bytes.byteLength })
    response.end()
  })

  return {
    url: hub.url,
    repos: served,
    faults,
    requests,
    commitOf(name) {
      const repo = served.get(name)
      if (repo === undefined) throw new Error(`${name} is not served`)
      return commitOf(repo)
    },
    close: async () => {
      await Promise.all([hub.close(), storage.close()])
    },
  }
}

/** Sends one page of the tree. A Link header names the next page. */
function sendPage(url: URL, response: ServerResponse, repo: ServedRepo): void {
  const start = Number(url.searchParams.get('cursor') ?? 0)
  const entries = [...repo.files].map(([path, bytes]) => entryOf(path, bytes, repo))
  if (start + pageSize < entries.length) {
    url.searchParams.set('cursor', `${start + pageSize}`)
    response.setHeader('link', `<http://${response.req.headers.host}${url.pathname}${url.search}>; rel="next"`)
  }
  sendJson(response, entries.slice(start, start + pageSize))
}

function entryOf(path: string, bytes: Uint8Array, { listedBytes }: ServedRepo) {
  const size = listedBytes?.get(path) ?? bytes.byteLength
  const entry = { type: 'file', path, size, oid: blobSha1(bytes) }
  if (!isLarge(bytes)) return entry
  return { ...entry, lfs: { oid: sha256(bytes), size, pointerSize: 130 }, xetHash: sha256(bytes) }
}

function sendBytes(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  { hasNoRanges, isHeld }: HubFaults,
  cutAfterBytes: number | null,
): void {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
  const isPart = first !== undefined && !hasNoRanges
  const from = isPart ? Number(first) : 0
  const to = isPart && last ? Math.min(Number(last) + 1, bytes.byteLength) : bytes.byteLength
  if (from >= to && isPart) {
    refuse(response, 416, '', 'Range Not Satisfiable')
    return
  }
  response.writeHead(isPart ? 206 : 200, {
    'content-length': to - from,
    ...(isPart ? { 'content-range': `bytes ${from}-${to - 1}/${bytes.byteLength}` } : {}),
  })
  if (cutAfterBytes === null) response.end(bytes.subarray(from, to))
  else
    response.write(bytes.subarray(from, Math.min(to, from + cutAfterBytes)), () => {
      if (!isHeld) response.destroy()
    })
}

function refuseGated(response: ServerResponse, token: string | null, repo: string): void {
  const reason =
    token === null
      ? `Access to model ${repo} is restricted. You must have access to it and be authenticated to access it. Please log in.`
      : `Access to model ${repo} is restricted and you are not in the authorized list.`
  refuse(response, token === null ? 401 : 403, 'GatedRepo', reason)
}

const refuseRevision = (response: ServerResponse, revision = '') =>
  refuse(response, 404, 'RevisionNotFound', `Invalid rev id: ${decodeURIComponent(revision)}`)

function refuse(response: ServerResponse, status: number, code: string, reason: string): void {
  response.writeHead(status, { 'x-error-message': reason, ...(code === '' ? {} : { 'x-error-code': code }) })
  response.end(JSON.stringify({ error: reason }))
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
  response.end(JSON.stringify(value))
}

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server: Server = createServer(handle)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${port}`, close }
}

const lineOf = ({ method, url, headers }: IncomingMessage) =>
  `${method} ${url}${headers.range === undefined ? '' : ` ${headers.range}`}`
const isLarge = (bytes: Uint8Array) => bytes.byteLength >= largeBytes
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const blobSha1 = (bytes: Uint8Array) =>
  createHash('sha1').update(`blob ${bytes.byteLength}\0`).update(bytes).digest('hex')
const commitOf = ({ files }: ServedRepo) =>
  createHash('sha1')
    .update(JSON.stringify([...files].map(([path, bytes]) => [path, blobSha1(bytes)])))
    .digest('hex')
