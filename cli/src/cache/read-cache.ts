import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { builderVersion, loadManifest, type Manifest } from '@tandem/models'
import type { Home } from '../home.js'
import { sumBytes } from '../util/sum-bytes.js'

/**
 * - `current`: of this version's builder, found again at the next start;
 * - `other-builder`: of an older or newer version, which this one never reads;
 * - `unreadable`: no manifest that this version reads;
 * - `unfinished`: of a build that runs, or was killed (the next build of the same model removes it).
 */
export type CachedState = 'current' | 'other-builder' | 'unreadable' | 'unfinished'

/** A folder below `models/` of the cache. */
export interface CachedModel {
  readonly path: string
  /** Of all its files. */
  readonly bytes: number
  readonly state: CachedState
  /** Null where it cannot be read. */
  readonly manifest: Manifest | null
}

/** A file of the cache. */
export interface CachedFile {
  readonly path: string
  readonly bytes: number
}

/** The built models of the cache, by name; none where there is no cache yet. */
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

/** The pulled weights of the cache, by path. */
export const readCachedWeights = ({ weights }: Pick<Home, 'weights'>): Promise<CachedFile[]> => listFiles(weights)

/** The builder's version that a manifest tells. */
export const builderOf = ({ builtWith }: Manifest): string => builtWith.builder ?? 'unknown'

function stateOf(name: string, manifest: Manifest | null): CachedState {
  if (name.startsWith('.')) return 'unfinished'
  if (manifest === null) return 'unreadable'
  return builderOf(manifest) === builderVersion ? 'current' : 'other-builder'
}

/** All files below a folder; one that goes away meanwhile is left out. */
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
