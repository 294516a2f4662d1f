import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isAlive, syncFolder } from '@tandem/process'
import { loadManifest, type Manifest, manifestFileName } from '../manifest.js'

/**
 * Part of the name of an unfinished folder: `.NAME.building-PID-NUMBER`, next to the final folder.
 */
const buildingMark = '.building-'
const renameAttempts = 10
let builds = 0

/**
 * Returns the manifest of the model folder at `out`, or null if the path is free or an empty
 * folder.
 * @throws Error if the path holds anything else, which a build must not replace
 */
export async function existingModel(out: string): Promise<Manifest | null> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw new Error(`${out} is not a folder: give the path of a new folder`, { cause: error })
  })
  if (names.length === 0) return null
  if (!names.includes(manifestFileName))
    throw new Error(
      `${out} exists and is not a model folder (it has no ${manifestFileName}): give the path of a new folder`,
    )
  // A folder with a manifest of another version is a model folder too, and a new build may replace
  // it.
  return loadManifest(out).catch(() => null)
}

/** Returns whether the folder still has every file of its manifest, each with its size. */
export async function isComplete(folder: string, manifest: Manifest): Promise<boolean> {
  for (const [name, { bytes }] of Object.entries(manifest.files)) {
    const found = await stat(join(folder, name)).catch(() => null)
    if (found?.size !== bytes) return false
  }
  return true
}

/**
 * Runs `fill` on a new folder next to `out`, then replaces `out` by that folder in one rename. If
 * `fill` fails, `out` does not change. Also removes unfinished folders of builds whose process has
 * ended.
 */
export async function replaceFolder<T>(out: string, fill: (folder: string) => Promise<T>): Promise<T> {
  const target = resolve(out)
  const prefix = `.${basename(target)}${buildingMark}`
  await mkdir(dirname(target), { recursive: true })
  await removeStale(dirname(target), prefix)
  const building = join(dirname(target), `${prefix}${process.pid}-${builds++}`)
  await mkdir(building)
  try {
    const result = await fill(building)
    await syncFolder(building)
    await putInPlace(building, target)
    await syncFolder(dirname(target))
    return result
  } finally {
    await rm(building, { recursive: true, force: true })
  }
}

async function removeStale(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue
    const pid = Number.parseInt(name.slice(prefix.length), 10)
    if (!isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true })
  }
}

/**
 * Renames the new folder to its final name. A rename cannot replace a folder with files, so the old
 * folder is renamed first, to a name that the next build removes. Tries again if another process
 * puts its folder there in between.
 */
async function putInPlace(building: string, target: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const aside = `${building}-old-${attempt}`
    await rename(target, aside).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    try {
      await rename(building, target)
      return
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if ((code !== 'ENOTEMPTY' && code !== 'EEXIST') || attempt === renameAttempts) throw error
    } finally {
      await rm(aside, { recursive: true, force: true })
    }
  }
}
