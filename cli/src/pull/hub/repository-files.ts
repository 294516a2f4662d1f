import type { HubFile } from '../../cache/hub-file.js'

/** Lists of a repository's files. All paths are its own, parts joined by `/`; an empty one is the top folder. */

const maxShown = 8

/** What of a repository is read. */
export interface Selection {
  readonly kind: 'checkpoint' | 'adapter' | 'gguf' | 'export'
  /** The model: a folder, empty for the top one, a GGUF file, or an exported graph. */
  readonly path: string
  /** Small files that say what the model is. */
  readonly description: readonly HubFile[]
  /** Of a checkpoint in shards none: which they are stands in the index. Of an export the graph, which may name others. */
  readonly weights: readonly HubFile[]
  /** What names the shards of a checkpoint: one of the `description`. */
  readonly index: HubFile | null
}

/** The files below a folder, by their paths from it. */
export function filesBelow(files: readonly HubFile[], folder: string): Map<string, HubFile> {
  const start = folder === '' ? '' : `${folder}/`
  return new Map(
    files.flatMap((file): [string, HubFile][] =>
      file.path.startsWith(start) ? [[file.path.slice(start.length), file]] : [],
    ),
  )
}

/** The files right in a folder, by name. */
export const filesOfFolder = (files: readonly HubFile[], folder: string): Map<string, HubFile> =>
  new Map([...filesBelow(files, folder)].filter(([path]) => !path.includes('/')))

/** @throws Error naming the files of its kind that the repository has */
export function findNamed(
  files: readonly HubFile[],
  path: string,
  kind: { readonly name: string; readonly is: (path: string) => boolean },
  where: string,
): HubFile {
  const file = files.find((one) => one.path === path)
  if (file) return file
  const there = files.filter((one) => kind.is(one.path)).map((one) => one.path)
  throw new Error(`${where}: there is no such file; the repository's ${kind.name} are: ${listed(there)}`)
}

export const joinPath = (folder: string, file: string): string => (folder === '' ? file : `${folder}/${file}`)

/** The folder of a file. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

export const listed = (names: readonly string[]): string =>
  names.length <= maxShown
    ? names.join(', ') || 'none'
    : `${names.slice(0, maxShown).join(', ')} and ${names.length - maxShown} more`
