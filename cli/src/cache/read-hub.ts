import { stat } from 'node:fs/promises'
import type { Home } from '../home.js'
import type { HubFile } from './hub-file.js'
import { sumBytes } from '../util/sum-bytes.js'
import {
  type HubSnapshot,
  listRevisions,
  listSnapshots,
  readListing,
  snapshotFolder,
  snapshotPath,
  unfinishedFolder,
} from './hub-cache.js'
import { listFiles } from './read-cache.js'

/** What is kept of one commit of the hub. */
export interface CachedCommit {
  readonly repo: string
  readonly commit: string
  /** Of the commit; deleting it deletes all that is kept of it. */
  readonly path: string
  /** Of all files there, unfinished ones included. */
  readonly bytes: number
  readonly unfinishedBytes: number
  readonly files: readonly PulledFile[]
  /** Branches and tags that meant it when they were last pulled. */
  readonly revisions: readonly string[]
}

/** A file that is there, and what the hub said of it. */
export interface PulledFile {
  readonly path: string
  readonly file: HubFile
}

/** What was pulled from the hub, by repository and commit; a commit of which nothing was downloaded is none. */
export async function readCachedCommits(home: Pick<Home, 'hub'>): Promise<CachedCommit[]> {
  const found: CachedCommit[] = []
  for (const snapshot of await listSnapshots(home)) {
    const path = snapshotFolder(snapshot)
    const bytes = sumBytes(await listFiles(path))
    const unfinishedBytes = sumBytes(await listFiles(unfinishedFolder(snapshot)))
    const { repo, commit } = snapshot
    const [files, revisions] = [await pulledFiles(snapshot), await listRevisions(snapshot)]
    if (files.length > 0 || unfinishedBytes > 0)
      found.push({ repo, commit, path, bytes, unfinishedBytes, files, revisions })
  }
  return found
}

/** Files that were pulled; a wrong size is told of by who checks. */
async function pulledFiles(snapshot: HubSnapshot): Promise<PulledFile[]> {
  const files: PulledFile[] = []
  for (const file of (await readListing(snapshot)) ?? []) {
    const path = snapshotPath(snapshot, file.path)
    if ((await stat(path).catch(() => null)) !== null) files.push({ path, file })
  }
  return files
}
