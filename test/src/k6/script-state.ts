import { dirname, resolve } from 'node:path'

/** The streams of the iteration that runs. */
export const openStreams = new Set<Promise<void>>()

let folder = ''

/** Sets the folder that paths of the script are relative to. */
export function setScript(path: string): void {
  folder = dirname(path)
}

/** Returns a path of the script as an absolute one. */
export const scriptFolder = (path: string): string => resolve(folder, path)
