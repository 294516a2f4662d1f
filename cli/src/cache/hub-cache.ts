import { randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import type { Home } from '../home.js'
import type { HubFile } from './hub-file.js'

/**
 * What was pulled from the hub. Below `hub/ORG/REPO`:
 * - `COMMIT/REPO/...`: files, each whole and checked (the last folder's name is what the model is called);
 * - `COMMIT/.unfinished/`: files that are not all there yet;
 * - `COMMIT/files.json`: what the whole commit holds, with sizes and hashes;
 * - `refs/REVISION`: the commit that a revision named when it was last pulled.
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

export const snapshotFolder = ({ repo, commit, home }: HubSnapshot): string =>
  join(home.hub, ...repo.split('/'), commit)
/** Where a file of the commit is, be it there or not; an empty path is the top folder. */
export const snapshotPath = (snapshot: HubSnapshot, path: string): string =>
  join(snapshotFolder(snapshot), basename(snapshot.repo), ...path.split('/'))
export const unfinishedFolder = (snapshot: HubSnapshot): string => join(snapshotFolder(snapshot), '.unfinished')

/** Whether a file is there. It got its name when it was whole and its hash was right. */
export const isPulled = async (snapshot: HubSnapshot, { path, bytes }: HubFile): Promise<boolean> =>
  (await stat(snapshotPath(snapshot, path)).catch(() => null))?.size === bytes

/** What a commit holds; null where it was never listed. */
export async function readListing(snapshot: HubSnapshot): Promise<HubFile[] | null> {
  const text = await readFile(join(snapshotFolder(snapshot), listingName), 'utf8').catch(() => null)
  const result = text === null ? null : listingSchema.safeParse(parseJson(text))
  return result?.success ? result.data : null
}

export const writeListing = (snapshot: HubSnapshot, files: readonly HubFile[]): Promise<void> =>
  writeWhole(join(snapshotFolder(snapshot), listingName), `${JSON.stringify(files, null, 1)}\n`)

/** The commit that a revision named when it was last pulled; null where it never was. */
export async function readRef(repo: string, revision: string, { hub }: Pick<Home, 'hub'>): Promise<string | null> {
  const text = await readFile(refPath(repo, revision, hub), 'utf8').catch(() => '')
  return commitSchema.safeParse(text.trim()).data ?? null
}

export const writeRef = (
  { repo, commit, home }: Pick<HubSnapshot, 'repo' | 'commit' | 'home'>,
  revision: string,
): Promise<void> => writeWhole(refPath(repo, revision, home.hub), `${commit}\n`)

/** The branches and tags that meant a commit when they were last pulled. */
export async function listRevisions({ repo, commit, home }: HubSnapshot): Promise<string[]> {
  const names = await readdir(join(home.hub, ...repo.split('/'), refsName)).catch(() => [])
  const revisions = names.flatMap((name) => (name.startsWith('.') ? [] : [decodeURIComponent(name)])).sort()
  const commits = await Promise.all(revisions.map((revision) => readRef(repo, revision, home)))
  return revisions.filter((_, i) => commits[i] === commit)
}

/** All commits that are there, by repository. */
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

/** A file that appears whole or not at all. */
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
