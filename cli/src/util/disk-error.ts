import { statfs } from 'node:fs/promises'
import { gigabytes } from './table.js'

const full: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT'])
const forbidden: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'])

/**
 * Runs work that writes into a folder, and tells what to do where the disk is full or the folder cannot be written.
 * @param elsewhere how another folder is named, e.g. `TANDEM_HOME`
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
      `the disk of ${folder} is full${found}: ${error.message}. Make room ("tandem models" lists what the cache holds and what may be deleted), ` +
      `or name a folder on another disk with ${elsewhere}`
    return new Error(message, { cause: error })
  }
  // Of what is only read, others tell.
  if (!forbidden.has(code) || !path?.startsWith(folder)) return error
  if (code === 'ENOTDIR') {
    const message = `${folder} is no folder, or lies below a file: ${error.message}. Name another folder with ${elsewhere}, or move that file away`
    return new Error(message, { cause: error })
  }
  const message = `${folder} cannot be written: ${error.message}. Give your user the right to write there, or name another folder with ${elsewhere}`
  return new Error(message, { cause: error })
}
