import { link, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { HubFile } from './hub-file.js'
import { type HubSnapshot, isPulled, listSnapshots, readListing, snapshotPath } from './hub-cache.js'

/**
 * Takes a file from another commit of the repository that has the same one by its hash: a branch mostly moves for the sake of a README.
 * A hard link, so that each commit can be deleted by itself, and none takes room twice.
 * @returns whether the file is there now
 */
export async function linkDuplicate(snapshot: HubSnapshot, file: HubFile): Promise<boolean> {
  const target = snapshotPath(snapshot, file.path)
  for (const other of await listSnapshots(snapshot.home)) {
    if (other.repo !== snapshot.repo || other.commit === snapshot.commit) continue
    for (const twin of (await readListing(other)) ?? []) {
      if (!isSame(twin, file) || !(await isPulled(other, twin))) continue
      await mkdir(dirname(target), { recursive: true })
      // Where links cannot be made, or a damaged file stands, it is downloaded.
      return link(snapshotPath(other, twin.path), target).then(
        () => true,
        () => false,
      )
    }
  }
  return false
}

const isSame = (one: HubFile, other: HubFile) =>
  one.bytes === other.bytes && one.digest.algorithm === other.digest.algorithm && one.digest.hex === other.digest.hex
