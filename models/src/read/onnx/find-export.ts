import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { manifestFileName } from '../../manifest.js'
import { checkpointIndexName, checkpointWeightsName } from '../hugging-face.js'
import { adapterWeightsName } from '../peft/open.js'

/**
 * The file names that are searched for in a folder, most exact first. Other graphs need their own
 * path.
 */
export const exportedGraphNames = [
  'model.onnx',
  'model_fp16.onnx',
  'model_q4.onnx',
  'model_q4f16.onnx',
  'model_quantized.onnx',
] as const

/** The subfolder that onnx-community uses. optimum writes into the folder itself. */
const graphFolder = 'onnx'

/**
 * Files that win over an exported graph: a graph built from weights is faster and supports
 * adapters, and a model folder has its own graph.
 */
const preferredNames = [manifestFileName, checkpointWeightsName, checkpointIndexName, adapterWeightsName]

/**
 * Chooses the exported graph of a folder, on disk or on the hub.
 * @param paths the paths of its files from the folder, with `/` between parts; only the subfolder
 *   `onnx` counts
 * @returns one of the paths, or null if the folder has no such graph or has weights to build one
 *   from
 */
export function chooseExport(paths: Iterable<string>): string | null {
  const there = new Set(paths)
  if (preferredNames.some((name) => there.has(name))) return null
  const looked = ['', `${graphFolder}/`].flatMap((folder) => exportedGraphNames.map((name) => folder + name))
  return looked.find((path) => there.has(path)) ?? null
}

/** Returns whether a path names a graph. */
export const isGraphPath = (path: string): boolean => /\.onnx$/i.test(path)

/**
 * Finds the exported graph at a path: a `.onnx` file, or a folder with one and without weights to
 * build a graph from.
 * @returns the path of the graph, or null if there is none
 */
export async function findExport(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null)
  if (found?.isFile()) return isGraphPath(path) ? path : null
  if (!found?.isDirectory()) return null
  const below = await readdir(join(path, graphFolder)).catch(() => [])
  const chosen = chooseExport([...(await readdir(path)), ...below.map((name) => `${graphFolder}/${name}`)])
  return chosen === null ? null : join(path, chosen)
}

/** Returns the folders that can hold the text files of a graph, in the order of the search. */
export const textFoldersOf = (graph: string): string[] =>
  basename(dirname(graph)) === graphFolder ? [dirname(graph), dirname(dirname(graph))] : [dirname(graph)]

/**
 * Returns the default name of a model: the name of its folder, and that of its graph if it is not
 * `model.onnx`.
 */
export function exportName(graph: string): string {
  const folder = basename(textFoldersOf(graph).at(-1) ?? '')
  const variant = basename(graph).replace(/\.onnx$/i, '')
  return variant === 'model' ? folder : `${folder}-${variant.replace(/^model_/, '')}`
}
