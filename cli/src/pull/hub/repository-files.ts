import type { HubFile } from '../../cache/hub-file.js'

/**
 * Lists of a repository's files. Paths start at its top folder (the empty path), parts joined by
 * `/`.
 */

const maxShown = 8

/** The files of a repository that make up a model. */
export interface Selection {
  readonly kind: 'checkpoint' | 'adapter' | 'gguf' | 'export'
  /** The model: a folder, empty for the top one, a GGUF file, or an exported graph. */
  readonly path: string
  /** Small files that describe the model. */
  readonly description: readonly HubFile[]
  /**
   * Empty for a checkpoint in shards, which the index names. For an export the graph, which may
   * name other files.
   */
  readonly weights: readonly HubFile[]
  /** The file of `description` that names the shards; null without shards. */
  readonly index: HubFile | null
}

/** Returns the files below a folder, by their paths from it. */
export function filesBelow(files: readonly HubFile[], folder: string): Map<string, HubFile> {
  const start = folder === '' ? '' : `${folder}/`
  return new Map(
    files.flatMap((file): [string, HubFile][] =>
      file.path.startsWith(start) ? [[file.path.slice(start.length), file]] : [],
    ),
  )
}

/** Returns the files directly in a folder, by name. */
export const filesOfFolder = (files: readonly HubFile[], folder: string): Map<string, HubFile> =>
  new Map([...filesBelow(files, folder)].filter(([path]) => !path.includes('/')))

/**
 * Finds a file by its path.
 * @throws Error listing the files of the same kind in the repository
 */
export function findNamed(
  files: readonly HubFile[],
  path: string,
  kind: { readonly name: string; readonly is: (path: string) => boolean },
  where: string,
): HubFile {
  const file = files.find((one) => one.path === path)
  if (file) return file
  const others = files.filter((one) => kind.is(one.path)).map((one) => one.path)
  throw new Error(`${where}: the file does not exist; the ${kind.name} of the repository are: ${listed(others)}`)
}

/** Joins a folder, which may be the top folder, and a file. */
export const joinPath = (folder: string, file: string): string => (folder === '' ? file : `${folder}/${file}`)

/** Returns the folder of a file. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** Formats names for a message, at most eight of them. */
export const listed = (names: readonly string[]): string =>
  names.length <= maxShown
    ? names.join(', ') || 'none'
    : `${names.slice(0, maxShown).join(', ')} and ${names.length - maxShown} more`
