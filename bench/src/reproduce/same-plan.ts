import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Step } from './step.js'

/**
 * Records the steps in a new folder, and compares them with those of a folder that was started
 * before.
 * @throws Error if they differ: the models and answers there would not belong together
 */
export async function requireSamePlan(out: string, steps: readonly Step[]): Promise<void> {
  const path = join(out, 'steps.json')
  const before = await readPlan(path)
  if (before === null) return writePlan(out, path, steps)
  const different = findDifference(before, steps)
  if (different === null) return
  throw new Error(
    `${out} was started with other steps: ${path} has another step "${different}" than this version. ` +
      'Remove the folder, or give another --out',
  )
}

/** Finds the name of the first step that is not the same in both plans. */
function findDifference(before: readonly Step[], steps: readonly Step[]): string | null {
  const longer = before.length > steps.length ? before : steps
  return longer.find((_, i) => !isDeepStrictEqual(before[i], steps[i]))?.name ?? null
}

/** Reads the steps of a folder; null if it is new. */
async function readPlan(path: string): Promise<readonly Step[] | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  try {
    return JSON.parse(text) as Step[]
  } catch (cause) {
    throw new Error(`${path} is not JSON: expected the steps of the run. Remove the folder, or give another --out`, {
      cause,
    })
  }
}

/** The file appears as a whole. */
async function writePlan(out: string, path: string, steps: readonly Step[]): Promise<void> {
  await mkdir(out, { recursive: true })
  await writeFile(`${path}.part`, `${JSON.stringify(steps, null, 1)}\n`)
  await rename(`${path}.part`, path)
}
