import { mkdtemp, rmdir, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Home } from '../home.js'
import { gigabytes } from '../util/table.js'
import { type Finding, fail, ok, warn } from './finding.js'

/** What pulling and building the embedded pair with its reward model takes at its peak, and some room. */
const leastFreeBytes = 1e9

/** Whether the cache's folder can be made and written, and how much fits. Leaves nothing behind. */
export async function checkCache({ folder }: Pick<Home, 'folder'>): Promise<Finding> {
  const existing = await nearestExisting(folder)
  try {
    await rmdir(await mkdtemp(join(existing, '.tandem-doctor-')))
  } catch (error) {
    const why = `${folder} cannot be written: ${error instanceof Error ? error.message : String(error)}`
    return fail('cache', why, 'give your user the right to write there, or name another folder with TANDEM_HOME')
  }
  const { bavail, bsize } = await statfs(existing)
  const found = `${folder}, ${gigabytes(bavail * bsize)} free`
  if (bavail * bsize >= leastFreeBytes) return ok('cache', found)
  const advice = `the embedded pair takes ${gigabytes(leastFreeBytes)}: make room ("tandem models" lists what may be deleted), or name a folder on another disk with TANDEM_HOME`
  return warn('cache', found, advice)
}

/** The folder, or the one that it would be made in; a file in its way counts as there. */
async function nearestExisting(folder: string): Promise<string> {
  const isThere = (await stat(folder).catch(() => null)) !== null
  return isThere || dirname(folder) === folder ? folder : nearestExisting(dirname(folder))
}
