import { readFile, rename, stat } from 'node:fs/promises'
import { z } from 'zod'
import type { Fields } from '../../prompts/index.js'
import { ownRevision } from '../../revision.js'
import { parseJson } from '../http/read-error.js'
import { describeDifference, findDifferences } from './differences.js'
import { replaceFile } from './replace-file.js'

const formatVersion = 1
/** Maximum number of runs that a manifest lists: the last ones. */
const maxRuns = 100
/** Maximum number of differences in a message. */
const maxShown = 3

const schema = z.object({
  format: z.literal(formatVersion),
  settings: z.record(z.string(), z.unknown()),
  runs: z.array(z.record(z.string(), z.unknown())),
})

/**
 * The file next to the rows of a run: the settings that the rows depend on, and what each process
 * that wrote rows has done. Everything that differs between two equal runs, such as times, is here
 * and not in the rows.
 */
export interface Manifest {
  readonly path: string
  readonly settings: Fields
  readonly runs: readonly Fields[]
}

/** The manifest's path: next to the rows. */
export const manifestPath = (out: string): string => `${out}.manifest.json`

/**
 * Opens the manifest of a file of rows, or creates it before there are rows.
 * @param settings everything that the rows depend on, as JSON
 * @param runs what processes did for rows that this file takes over
 * @throws Error naming what differs, if the rows were begun with other settings; Error if there are
 *   rows without a manifest
 */
export async function openManifest(out: string, settings: Fields, runs: Manifest['runs'] = []): Promise<Manifest> {
  const path = manifestPath(out)
  const found = await readManifestFile(path)
  // As the file has them: without undefined.
  const given = JSON.parse(JSON.stringify(settings)) as Fields
  const size = await sizeOf(out)
  const differences = found ? findDifferences(found.settings, given) : []
  // Without rows, nothing depends on the settings yet.
  if (found && (size > 0 || differences.length === 0)) {
    assertNone(out, differences)
    return { path, ...found }
  }
  if (size > 0)
    throw new Error(`${out} exists, and has no manifest ${path}: it is not the output of a run. Give another --out`)
  const manifest: Manifest = { path, settings: given, runs: [...runs] }
  await writeManifest(manifest)
  return manifest
}

/** Reads the manifest of a file of rows; null if there are no rows that depend on its settings. */
export async function readManifest(out: string): Promise<Omit<Manifest, 'path'> | null> {
  return (await sizeOf(out)) > 0 ? readManifestFile(manifestPath(out)) : null
}

/**
 * Renames a file of rows. Its manifest is at both places before the rows move, so that they have
 * one at every moment.
 */
export async function setAside(out: string, target: string, manifest: Omit<Manifest, 'path'>): Promise<void> {
  await writeManifest({ ...manifest, path: manifestPath(target) })
  await rename(out, target)
}

/** The start of a run of this process, as the manifest has it. */
export interface RunStart {
  /** The time, as ISO 8601. */
  readonly started: string
  /** The git commit of the code; null outside a checkout. */
  readonly revision: string | null
}

/** Notes the time and the commit of the code, which may be another one when the run ends. */
export const startRun = async (): Promise<RunStart> => ({
  started: new Date().toISOString(),
  revision: await ownRevision(),
})

/** Adds a run that ends now, with what it has done. */
export function recordRun(manifest: Manifest, { started, revision }: RunStart, done: Fields): Promise<void> {
  const run = { started, ended: new Date().toISOString(), revision, ...done }
  return writeManifest({ ...manifest, runs: [...manifest.runs, run].slice(-maxRuns) })
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )

const writeManifest = ({ path, settings, runs }: Manifest): Promise<void> =>
  replaceFile(path, `${JSON.stringify({ format: formatVersion, settings, runs }, null, 2)}\n`)

async function readManifestFile(path: string): Promise<Omit<Manifest, 'path'> | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const parsed = schema.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new Error(`${path} is not a manifest of this version: expected format ${formatVersion}. Give another --out`)
}

/**
 * Refuses other settings than those that a file was begun with.
 * @throws Error naming what differs
 */
export const assertSameSettings = (out: string, before: Fields, now: Fields): void =>
  assertNone(out, findDifferences(before, now))

function assertNone(out: string, differences: ReturnType<typeof findDifferences>): void {
  if (differences.length === 0) return
  const shown = differences.slice(0, maxShown).map(describeDifference)
  const more = differences.length > maxShown ? `; and ${differences.length - maxShown} more` : ''
  throw new Error(
    `${out} was started with other settings: ${shown.join('; ')}${more}. ` +
      'Give the same settings to continue it, or another --out',
  )
}
