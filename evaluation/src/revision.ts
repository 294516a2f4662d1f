import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const limitMs = 60_000
const own = dirname(fileURLToPath(import.meta.url))

/**
 * The git commit of this code, with "-dirty" if tracked files differ from it.
 * @param folder a folder of the code
 * @returns null if git does not track the code, such as in an installed package
 */
export async function readRevision(folder = own): Promise<string | null> {
  const git = async (...args: readonly string[]) =>
    (await promisify(execFile)('git', ['-C', folder, ...args], { timeout: limitMs })).stdout.trim()
  try {
    // A package may be installed in a checkout of something else.
    if ((await git('ls-files', '..')) === '') return null
    return await git('describe', '--always', '--dirty', '--abbrev=40', '--exclude=*')
  } catch {
    // No git, no checkout, or git did not answer in time.
    return null
  }
}

let known: Promise<string | null> | undefined

/** The commit of the code that this process runs, as `readRevision` found it at the first call. */
export function ownRevision(): Promise<string | null> {
  known ??= readRevision()
  return known
}
