import { link, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type HubSnapshot, isPulled, listSnapshots, readListing, snapshotPath } from './hub-cache.js'
import type { HubFile } from './hub-file.js'

/**
 * Links a file from another commit of the repository that has the same hash: most new commits of a
 * branch change only a README. A hard link lets each commit be deleted separately and takes no
 * space twice.
 * @returns whether the file is in the cache now
 */
export async function linkDuplicate(snapshot: HubSnapshot, file: HubFile): Promise<boolean> {
  const target = snapshotPath(snapshot, file.path)
  for (const other of await listSnapshots(snapshot.home)) {
    if (other.repo !== snapshot.repo || other.commit === snapshot.commit) continue
    for (const duplicate of (await readListing(other)) ?? []) {
      if (!isSame(duplicate, file) || !(await isPulled(other, duplicate))) continue
      await mkdir(dirname(target), { recursive: true })
      // If links are impossible, or a damaged file is in the way, the file is downloaded.
      return link(snapshotPath(other, duplicate.path), target).then(
        () => true,
        () => false,
      )
    }
  }
  return false
}

const isSame = (one: HubFile, other: HubFile) =>
  one.bytes === other.bytes && one.digest.algorithm === other.digest.algorithm && one.digest.hex === other.digest.hex
