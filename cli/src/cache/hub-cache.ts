import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { Home } from '../home.js'
import { parseJson } from '../util/parse-json.js'
import type { HubFile } from './hub-file.js'

/**
 * One commit of a repository in the cache. Layout below `hub/ORG/REPO`:
 * - `COMMIT/REPO/...`: complete and checked files (the last folder gives the model its name);
 * - `COMMIT/.unfinished/`: partial files;
 * - `COMMIT/files.json`: the list of all files of the commit, with sizes and hashes;
 * - `refs/REVISION`: the commit of a revision when it was last pulled.
 */
export interface HubSnapshot {
  readonly repo: string
  readonly commit: string
  readonly home: Pick<Home, 'hub'>
}

const digestSchema = z.object({ algorithm: z.enum(['sha256', 'git-sha1']), hex: z.string() })
const listingSchema = z.array(z.object({ path: z.string(), bytes: z.int().nonnegative(), digest: digestSchema }))
const commitSchema = z.string().regex(/^[0-9a-f]{40}$/)
const listingName = 'files.json'
const refsName = 'refs'

/** Returns the folder of a commit. */
export const snapshotFolder = ({ repo, commit, home }: HubSnapshot): string =>
  join(home.hub, ...repo.split('/'), commit)
/**
 * Returns the path of a file of the commit, which may be missing. An empty path is the top folder.
 */
export const snapshotPath = (snapshot: HubSnapshot, path: string): string =>
  join(snapshotFolder(snapshot), basename(snapshot.repo), ...path.split('/'))
/** Returns the folder for partial files. */
export const unfinishedFolder = (snapshot: HubSnapshot): string => join(snapshotFolder(snapshot), '.unfinished')

/**
 * Whether a file is in the cache. A file gets its name only when it is complete and its hash is
 * right.
 */
export const isPulled = async (snapshot: HubSnapshot, { path, bytes }: HubFile): Promise<boolean> =>
  (await stat(snapshotPath(snapshot, path)).catch(() => null))?.size === bytes

/** Returns the list of a commit's files; null if it was never listed. */
export async function readListing(snapshot: HubSnapshot): Promise<HubFile[] | null> {
  const text = await readFile(join(snapshotFolder(snapshot), listingName), 'utf8').catch(() => null)
  const result = text === null ? null : listingSchema.safeParse(parseJson(text))
  return result?.success ? result.data : null
}

/** Stores the list of a commit's files. */
export const writeListing = (snapshot: HubSnapshot, files: readonly HubFile[]): Promise<void> =>
  writeWhole(join(snapshotFolder(snapshot), listingName), `${JSON.stringify(files, null, 1)}\n`)

/** Returns the commit of a revision when it was last pulled; null if it never was. */
export async function readRef(repo: string, revision: string, { hub }: Pick<Home, 'hub'>): Promise<string | null> {
  const text = await readFile(refPath(repo, revision, hub), 'utf8').catch(() => '')
  return commitSchema.safeParse(text.trim()).data ?? null
}

/** Stores the commit of a revision. */
export const writeRef = (
  { repo, commit, home }: Pick<HubSnapshot, 'repo' | 'commit' | 'home'>,
  revision: string,
): Promise<void> => writeWhole(refPath(repo, revision, home.hub), `${commit}\n`)

/** Returns the branches and tags that named a commit when they were last pulled. */
export async function listRevisions({ repo, commit, home }: HubSnapshot): Promise<string[]> {
  const names = await readdir(join(home.hub, ...repo.split('/'), refsName)).catch(() => [])
  const revisions = names.flatMap((name) => (name.startsWith('.') ? [] : [decodeURIComponent(name)])).sort()
  const commits = await Promise.all(revisions.map((revision) => readRef(repo, revision, home)))
  return revisions.filter((_, i) => commits[i] === commit)
}

/** Returns all commits in the cache, sorted by repository. */
export async function listSnapshots(home: Pick<Home, 'hub'>): Promise<HubSnapshot[]> {
  const found: HubSnapshot[] = []
  for (const org of await listNames(home.hub))
    for (const name of await listNames(join(home.hub, org)))
      for (const commit of await listNames(join(home.hub, org, name)))
        if (commitSchema.safeParse(commit).success) found.push({ repo: `${org}/${name}`, commit, home })
  return found
}

const refPath = (repo: string, revision: string, hub: string) =>
  join(hub, ...repo.split('/'), refsName, encodeURIComponent(revision))

/** Writes a file that appears complete or not at all. */
async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const unfinished = join(dirname(path), `.${basename(path)}-${randomUUID()}`)
  await writeFile(unfinished, text, { flush: true })
  await rename(unfinished, path)
}

async function listNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()
}
