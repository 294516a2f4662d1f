import { rm } from 'node:fs/promises'
import { type Manifest, manifestPath, openManifest, readManifest, setAside } from '../../batch/index.js'
import type { Fields } from '../../prompts/index.js'
import { isExtension } from './pools.js'

/** The rows of an earlier run with less to ask for. */
export interface EarlierRows {
  readonly path: string
  /** The settings that they were made with. */
  readonly settings: Fields
}

/** A file whose settings are checked. */
export interface OpenedFile {
  readonly manifest: Manifest
  /** The rows to take over; null if there are none. */
  readonly earlier: EarlierRows | null
}

/** Whether rows with the first settings are rows with the second ones too, all or a part. */
export type IsPart = (before: Fields, now: Fields) => boolean

/** Where the rows of an earlier run are while the file is written anew. */
const earlierPath = (out: string): string => out.replace(/\.jsonl$/, '.earlier.jsonl')

/**
 * Opens the manifest of a file of rows. If the rows were begun with less to ask for, they are
 * renamed, and the caller writes the file anew with them. They stay until `removeEarlier`, so that
 * a process that is killed meanwhile loses nothing.
 * @throws Error as `openManifest`; Error if the rows of one more run would have to be kept
 */
export async function openExtended(out: string, settings: Fields, isPart: IsPart = isExtension): Promise<OpenedFile> {
  const path = earlierPath(out)
  const [found, aside] = [await readManifest(out), await readManifest(path)]
  const isLarger = found && isPart(found.settings, settings) && !isPart(settings, found.settings)
  if (aside && (isLarger || !isPart(aside.settings, settings)))
    throw new Error(
      `${path} has rows of an unfinished extension of ${out}: run the last command again, then add strategies ` +
        'or samples',
    )
  if (isLarger) await setAside(out, path, found)
  const earlier = isLarger ? found : aside
  const manifest = await openManifest(out, settings, earlier?.runs)
  return { manifest, earlier: earlier && { path, settings: earlier.settings } }
}

/** Removes the rows of an earlier run, which the complete file has too. */
export async function removeEarlier(out: string): Promise<void> {
  const path = earlierPath(out)
  await rm(path, { force: true })
  await rm(manifestPath(path), { force: true })
}

/** The settings of the rows that are there, also if they are set aside. */
export const readEarlierSettings = async (out: string): Promise<Fields | undefined> =>
  ((await readManifest(out)) ?? (await readManifest(earlierPath(out))))?.settings
