import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Step } from './step.js'

/**
 * Records the steps in a new folder, and compares them with those of a folder that was begun
 * before.
 * @throws Error if they differ: the models and answers there would not belong together
 */
export async function requireSamePlan(out: string, steps: readonly Step[]): Promise<void> {
  const path = join(out, 'steps.json')
  const plan = `${JSON.stringify(steps, null, 1)}\n`
  const before = await readFile(path, 'utf8').catch(() => null)
  if (before !== null && before !== plan)
    throw new Error(`${out} was begun with other steps (${path}): remove it, or give another --out`)
  await mkdir(out, { recursive: true })
  await writeFile(path, plan)
}
