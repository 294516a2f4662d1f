import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Creates folders that are removed after the tests of a file.
 * @param afterAll vitest's function of this name
 */
export function createFolders(afterAll: (remove: () => Promise<unknown>) => void): () => Promise<string> {
  const made: string[] = []
  afterAll(() => Promise.all(made.map((folder) => rm(folder, { recursive: true, force: true }))))
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-read-'))
    made.push(folder)
    return folder
  }
}
