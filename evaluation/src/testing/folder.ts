import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'

/** Creates a folder before the tests of a file, and removes it afterwards. Returns its path. */
export function useFolder(): () => string {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-evaluation-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  return () => folder
}
