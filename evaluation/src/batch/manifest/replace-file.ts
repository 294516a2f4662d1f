import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '@tandem/process'

/**
 * Replaces a file by a new content. Whatever ends the process or the machine, the file is the old
 * one or the new one.
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.new`
  const file = await open(temporary, 'w')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  await syncFolder(dirname(path))
}
