import { mkdtemp, rmdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { messageOf } from '@tandem/process'
import type { Home } from '../home.js'
import { gigabytes } from '../util/table.js'
import { type Finding, fail, ok, warn } from './finding.js'

/** Peak disk use of pulling and building the embedded pair with its reward model, rounded up. */
const minFreeBytes = 1e9

/**
 * Checks whether the cache's folder can be created and written, and its free space. Leaves no file.
 */
export async function checkCache({ folder }: Pick<Home, 'folder'>): Promise<Finding> {
  const existing = await nearestExisting(folder)
  try {
    await rmdir(await mkdtemp(join(existing, '.tandem-doctor-')))
  } catch (error) {
    const why = `${folder} cannot be written: ${messageOf(error)}`
    return fail('cache', why, 'give your user write permission there, or set TANDEM_HOME to another folder')
  }
  const { bavail, bsize } = await statfs(existing)
  const found = `${folder}, ${gigabytes(bavail * bsize)} free`
  if (bavail * bsize >= minFreeBytes) return ok('cache', found)
  const advice =
    `the embedded pair needs ${gigabytes(minFreeBytes)}: free some space ` +
    '("tandem models" lists what may be deleted), or set TANDEM_HOME to a folder on another disk'
  return warn('cache', found, advice)
}

/** Returns the folder, or its nearest parent that exists (which may be a file). */
async function nearestExisting(folder: string): Promise<string> {
  const isThere = (await stat(folder).catch(() => null)) !== null
  return isThere || dirname(folder) === folder ? folder : nearestExisting(dirname(folder))
}
