import { open } from 'node:fs/promises'

/** Keeps new names in a folder over a loss of power. Windows has no such operation. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
