import { join } from 'node:path'
import type { Manifest } from '@tandem/models/folder'
import { hashFile } from '@tandem/process'

/** Something that a service loads from a model folder. */
interface Loaded {
  stop(): Promise<void>
}

/**
 * Loads a model while its files are compared with the hashes of its manifest: both read the same
 * bytes, and only the sum of the hashes takes another core's time.
 * @throws Error that names a file that has changed since the build, or else as `load`
 */
export async function loadVerified<T extends Loaded>(
  folder: string,
  { files }: Pick<Manifest, 'files'>,
  load: () => Promise<T>,
): Promise<T> {
  const [loaded, verified] = await Promise.allSettled([load(), verifyFiles(folder, files)])
  // A damaged file can also be why it could not be loaded.
  if (verified.status === 'rejected') {
    if (loaded.status === 'fulfilled') await loaded.value.stop()
    throw verified.reason
  }
  if (loaded.status === 'rejected') throw loaded.reason
  return loaded.value
}

async function verifyFiles(folder: string, files: Manifest['files']): Promise<void> {
  for (const [name, { sha256 }] of Object.entries(files)) {
    const path = join(folder, name)
    const found = await hashFile(path)
    if (found !== sha256)
      throw new Error(`${path} has the SHA-256 ${found}, but the manifest says ${sha256}. Build the folder again.`)
  }
}
