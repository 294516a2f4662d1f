import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { manifestFileName } from '../../manifest.js'
import { checkpointIndexName, checkpointWeightsName } from '../hugging-face.js'
import { adapterWeightsName } from '../peft/open.js'

/** What a folder's graph is looked for as, the most exact first; another one is named by its own path. */
export const exportedGraphNames = [
  'model.onnx',
  'model_fp16.onnx',
  'model_q4.onnx',
  'model_q4f16.onnx',
  'model_quantized.onnx',
] as const

/** optimum writes into the folder itself, onnx-community into a folder of this name. */
const graphFolder = 'onnx'

/** What is built from weights is faster than what was exported; an adapter goes on such; a model folder's graph is one of ours. */
const preferredNames = [manifestFileName, checkpointWeightsName, checkpointIndexName, adapterWeightsName]

/**
 * The graph that a folder stands for, on disk or at the hub.
 * @param paths of its files, from the folder, parts joined by `/`; those in folders other than `onnx` do not count
 * @returns one of the paths, or null where the folder has none by the names looked for, or weights to build a graph from
 */
export function chooseExport(paths: Iterable<string>): string | null {
  const there = new Set(paths)
  if (preferredNames.some((name) => there.has(name))) return null
  const looked = ['', `${graphFolder}/`].flatMap((folder) => exportedGraphNames.map((name) => folder + name))
  return looked.find((path) => there.has(path)) ?? null
}

/** Whether a path names a graph. */
export const isGraphPath = (path: string): boolean => /\.onnx$/i.test(path)

/**
 * The exported graph that a path stands for: a `.onnx` file, or a folder that has one and no weights to build a graph from.
 * @returns its path, or null where the path stands for something else
 */
export async function findExport(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null)
  if (found?.isFile()) return isGraphPath(path) ? path : null
  if (!found?.isDirectory()) return null
  const below = await readdir(join(path, graphFolder)).catch(() => [])
  const chosen = chooseExport([...(await readdir(path)), ...below.map((name) => `${graphFolder}/${name}`)])
  return chosen === null ? null : join(path, chosen)
}

/** The folders that a graph's text files may be in, in the order in which they are looked for. */
export const textFoldersOf = (graph: string): string[] =>
  basename(dirname(graph)) === graphFolder ? [dirname(graph), dirname(dirname(graph))] : [dirname(graph)]

/** What a model is called where nobody names it: by its folder, and by its graph where that is not `model.onnx`. */
export function exportName(graph: string): string {
  const folder = basename(textFoldersOf(graph).at(-1) ?? '')
  const variant = basename(graph).replace(/\.onnx$/i, '')
  return variant === 'model' ? folder : `${folder}-${variant.replace(/^model_/, '')}`
}
