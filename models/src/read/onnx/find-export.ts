import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { manifestFileName } from '../../manifest.js'

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

/**
 * The exported graph that a path stands for: a `.onnx` file, or a folder that has one and no weights to build a graph from.
 * @returns its path, or null where the path stands for something else
 */
export async function findExport(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null)
  if (found?.isFile()) return /\.onnx$/i.test(path) ? path : null
  if (!found?.isDirectory()) return null
  const names = await readdir(path)
  // What is built from weights is faster than what was exported, and a model folder's graph is one of ours.
  if (names.some((name) => name === manifestFileName || /^model\.safetensors(\.index\.json)?$/.test(name))) return null
  for (const folder of [path, join(path, graphFolder)]) {
    const there = new Set(folder === path ? names : await readdir(folder).catch(() => []))
    const name = exportedGraphNames.find((one) => there.has(one))
    if (name !== undefined) return join(folder, name)
  }
  return null
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
