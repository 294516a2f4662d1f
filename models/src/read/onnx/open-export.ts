import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { graphFileName, manifestFileName } from '../../manifest.js'
import { type CheckpointTexts, readCheckpointTexts } from '../checkpoint-texts.js'
import { type ExportConfig, parseExportConfig } from './export-config.js'
import { textFoldersOf } from './find-export.js'
import { type GraphShape, parseExport } from './parse-export.js'
import { type GraphScan, scanGraph } from './scan-graph.js'

/** An exported model with all its files. */
export interface ExportSource extends ExportDescription {
  /** Absolute paths of the files with the weights. */
  readonly externalFiles: readonly string[]
}

/** An exported model without its weight files. */
export interface ExportDescription extends CheckpointTexts {
  /** Absolute path of the graph. */
  readonly graph: string
  /** Names of the files with the weights, each with its minimum size in bytes. */
  readonly externalBytes: ReadonlyMap<string, number>
  readonly keyValueType: GraphShape['keyValueType']
  readonly model: ExportConfig
}

/**
 * Opens a `.onnx` file that optimum, onnx-community or onnxruntime-genai exported. config.json and
 * the tokenizer files are in the same folder, or above a folder `onnx`.
 * @throws Error with the part that is missing, damaged or unsupported, and what to do
 */
export async function openExport(path: string): Promise<ExportSource> {
  const source = await describeExport(path)
  const externalFiles = await findExternalFiles(source)
  return { ...source, files: [...source.files, ...externalFiles], externalFiles }
}

/**
 * Describes a graph whose weight files may be missing.
 * @throws Error as `openExport`, except for those files
 */
export async function describeExport(path: string): Promise<ExportDescription> {
  const graph = resolve(path)
  const scan = await scanGraph(graph)
  const shape = parseExport(scan, graph)
  const texts = await readExportTexts(graph)
  assertLocations(graph, scan, texts)
  return {
    ...texts,
    files: [...texts.files, graph],
    graph,
    externalBytes: scan.externalFiles,
    keyValueType: shape.keyValueType,
    model: parseExportConfig(shape, texts.config, texts.generationConfig, graph),
  }
}

/**
 * Reads the text files of a graph, which may be missing itself.
 * @throws Error if there is no config.json, or if a file cannot be read
 */
export async function readExportTexts(graph: string): Promise<CheckpointTexts> {
  for (const folder of textFoldersOf(graph)) {
    const names = await readdir(folder).catch((): string[] => [])
    if (names.includes('config.json')) return readCheckpointTexts(folder)
  }
  throw new Error(
    `${graph} has no config.json next to it: copy config.json and the tokenizer files of the exported model there`,
  )
}

function assertLocations(graph: string, { externalFiles }: GraphScan, { textFiles }: CheckpointTexts): void {
  const taken = new Set([graphFileName, manifestFileName, ...textFiles.keys()])
  for (const location of externalFiles.keys())
    if (basename(location) !== location || location === '..' || taken.has(location))
      throw new Error(
        `${graph} keeps weights in "${location}": expected a file next to the graph with a name of its own. ` +
          'Save it again with onnx.save_model(..., save_as_external_data=True, location="weights.onnx_data")',
      )
}

async function findExternalFiles({ graph, externalBytes }: ExportDescription): Promise<string[]> {
  const files: string[] = []
  for (const [location, neededBytes] of externalBytes) {
    const file = join(dirname(graph), location)
    const found = await stat(file).catch(() => null)
    if (found === null)
      throw new Error(`${graph} keeps weights in ${location}, which is missing; is the download complete?`)
    if (found.size < neededBytes)
      throw new Error(`${file} ends after ${found.size} bytes: expected ${neededBytes}; is the download complete?`)
    files.push(file)
  }
  return files
}
