import { statfs } from 'node:fs/promises'
import { gigabytes } from './table.js'

const full: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])
const forbidden: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'])

/**
 * Runs work that writes into a folder, and explains a full disk or a folder that cannot be written.
 * @param elsewhere the option or variable that names another folder, e.g. `TANDEM_HOME`
 * @throws Error saying what to do; other errors of `work` unchanged
 */
export async function explainDiskErrors<T>(folder: string, elsewhere: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw await describeDiskError(error, folder, elsewhere)
  }
}

async function describeDiskError(error: unknown, folder: string, elsewhere: string): Promise<unknown> {
  if (!(error instanceof Error)) return error
  const { code, path } = error as NodeJS.ErrnoException
  if (full.has(code)) {
    const free = await statfs(folder).catch(() => null)
    const found = free ? ` (${gigabytes(free.bavail * free.bsize)} free)` : ''
    const message =
      `the disk of ${folder} is full${found}: ${error.message}. ` +
      'Free some space ("tandem models" lists what the cache holds and what may be deleted), ' +
      `or set ${elsewhere} to a folder on another disk`
    return new Error(message, { cause: error })
  }
  // Errors of files outside the folder are explained elsewhere.
  if (!forbidden.has(code) || !path?.startsWith(folder)) return error
  if (code === 'ENOTDIR') {
    const message =
      `${folder} is not a folder, or a part of its path is a file: ${error.message}. ` +
      `Set ${elsewhere} to another folder, or move that file away`
    return new Error(message, { cause: error })
  }
  const message =
    `${folder} cannot be written: ${error.message}. ` +
    `Give your user write permission there, or set ${elsewhere} to another folder`
  return new Error(message, { cause: error })
}
