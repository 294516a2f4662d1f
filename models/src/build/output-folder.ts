import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { loadManifest, type Manifest, manifestFileName } from '../manifest.js'

/** Marks the folder of a build under way: `.NAME.building-PID-NUMBER`, beside the folder that it will become. */
const buildingMark = '.building-'
const renameAttempts = 10
let builds = 0

/**
 * What stands at `out` now: a manifest, or null where there is nothing (or an empty folder).
 * @throws Error if there is something that is no model folder of ours, which a build must not replace.
 */
export async function existingModel(out: string): Promise<Manifest | null> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return []
    throw new Error(`${out} is not a folder; name a folder that does not exist yet`, { cause: error })
  })
  if (names.length === 0) return null
  if (!names.includes(manifestFileName))
    throw new Error(
      `${out} exists and is not a model folder (it has no ${manifestFileName}); name a folder that does not exist yet`,
    )
  // A manifest of another version is ours too, and a new build may take its place.
  return loadManifest(out).catch(() => null)
}

/** Whether the folder still has every file of its manifest, with its size. */
export async function isComplete(folder: string, manifest: Manifest): Promise<boolean> {
  for (const [name, { bytes }] of Object.entries(manifest.files)) {
    const found = await stat(join(folder, name)).catch(() => null)
    if (found?.size !== bytes) return false
  }
  return true
}

/**
 * Runs `fill` on a new folder beside `out` and, when it is done, puts that folder in the place of `out` in one rename.
 * Whatever happens before leaves `out` as it was; the rests of builds whose process has ended are removed.
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

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * A folder with files in it cannot be renamed over: it steps aside first, under a name that the next build removes.
 * Where another process puts its build there in between, that one steps aside too.
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

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
