import { stat } from 'node:fs/promises'
import type { Home } from '../home.js'
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
import type { HubFile } from './hub-file.js'
import { listFiles } from './read-cache.js'

/** One commit of the hub, as far as it is in the cache. */
export interface CachedCommit {
  readonly repo: string
  readonly commit: string
  /** The folder of the commit; deleting it deletes everything of the commit. */
  readonly path: string
  /** Total size of its files, unfinished ones included. */
  readonly bytes: number
  readonly unfinishedBytes: number
  readonly files: readonly PulledFile[]
  /** Branches and tags that named it when they were last pulled. */
  readonly revisions: readonly string[]
}

/** A pulled file, and its entry in the hub's list. */
export interface PulledFile {
  readonly path: string
  readonly file: HubFile
}

/**
 * Returns what was pulled from the hub, by repository and commit. Commits without any downloaded
 * file are left out.
 */
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

/** Returns the pulled files. `tandem doctor` checks their sizes. */
async function pulledFiles(snapshot: HubSnapshot): Promise<PulledFile[]> {
  const files: PulledFile[] = []
  for (const file of (await readListing(snapshot)) ?? []) {
    const path = snapshotPath(snapshot, file.path)
    if ((await stat(path).catch(() => null)) !== null) files.push({ path, file })
  }
  return files
}
