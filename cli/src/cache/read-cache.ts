import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { builderVersion } from '@tandem/models'
import { loadManifest, type Manifest } from '@tandem/models/folder'
import type { Home } from '../home.js'
import { sumBytes } from '../util/sum-bytes.js'

/**
 * The state of a folder in the cache:
 * - `current`: built by this version's builder, used at the next start;
 * - `other-builder`: built by an older or newer version, which this one never reads;
 * - `unreadable`: without a manifest that this version can read;
 * - `unfinished`: a build that is running or was killed (the next build of the same model removes
 *   it).
 */
export type CachedState = 'current' | 'other-builder' | 'unreadable' | 'unfinished'

/** A folder below `models/` of the cache. */
export interface CachedModel {
  readonly path: string
  /** Total size of its files. */
  readonly bytes: number
  readonly state: CachedState
  /** null if it cannot be read. */
  readonly manifest: Manifest | null
}

/** A file of the cache. */
export interface CachedFile {
  readonly path: string
  readonly bytes: number
}

/** Returns the built models of the cache, sorted by name. Without a cache the list is empty. */
export async function readCachedModels({ models }: Pick<Home, 'models'>): Promise<CachedModel[]> {
  const folders = (await listFolder(models)).filter((entry) => entry.isDirectory())
  const found: CachedModel[] = []
  for (const { name } of folders) {
    const path = join(models, name)
    const manifest = await loadManifest(path).catch(() => null)
    const bytes = sumBytes(await listFiles(path))
    found.push({ path, bytes, state: stateOf(name, manifest), manifest })
  }
  return found
}

/** Returns the pulled weights of the cache, sorted by path. */
export const readCachedWeights = ({ weights }: Pick<Home, 'weights'>): Promise<CachedFile[]> => listFiles(weights)

/** Returns the builder version of a manifest. */
export const builderOf = ({ builtWith }: Manifest): string => builtWith.builder ?? 'unknown'

function stateOf(name: string, manifest: Manifest | null): CachedState {
  if (name.startsWith('.')) return 'unfinished'
  if (manifest === null) return 'unreadable'
  return builderOf(manifest) === builderVersion ? 'current' : 'other-builder'
}

/** Returns all files below a folder. A file that disappears meanwhile is left out. */
export async function listFiles(folder: string): Promise<CachedFile[]> {
  const files: CachedFile[] = []
  for (const entry of await listFolder(folder)) {
    const path = join(folder, entry.name)
    const found = entry.isFile() ? await stat(path).catch(() => null) : null
    if (entry.isDirectory()) files.push(...(await listFiles(path)))
    else if (found) files.push({ path, bytes: found.size })
  }
  return files
}

async function listFolder(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException): Dirent[] => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}
