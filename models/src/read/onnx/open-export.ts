import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { graphFileName, manifestFileName } from '../../manifest.js'
import { type CheckpointTexts, readCheckpointTexts } from '../checkpoint-texts.js'
import { type ExportConfig, parseExportConfig } from './export-config.js'
import { textFoldersOf } from './find-export.js'
import { type GraphShape, parseExport } from './parse-export.js'
import { type GraphScan, scanGraph } from './scan-graph.js'

/** A model as another program exported it, and what stands beside it. */
export interface ExportSource extends ExportDescription {
  /** Absolute paths of the files beside the graph that hold its weights. */
  readonly externalFiles: readonly string[]
}

/** The same, but for the weights. */
export interface ExportDescription extends CheckpointTexts {
  /** Absolute path of the graph. */
  readonly graph: string
  /** Names of the files beside it that hold its weights, with the bytes that each must have at least. */
  readonly externalBytes: ReadonlyMap<string, number>
  readonly keyValueType: GraphShape['keyValueType']
  readonly model: ExportConfig
}

/**
 * Opens a `.onnx` file that optimum, onnx-community or onnxruntime-genai exported, with config.json and tokenizer files beside it
 * (or above its folder `onnx`).
 * @throws Error naming what is missing, damaged, or not as the engine for such graphs feeds it, and what to do
 */
export async function openExport(path: string): Promise<ExportSource> {
  const source = await describeExport(path)
  const externalFiles = await findExternalFiles(source)
  return { ...source, files: [...source.files, ...externalFiles], externalFiles }
}

/**
 * The same of a graph whose weights beside it may be missing.
 * @throws Error as `openExport`, but for them
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
 * The text files that belong to a graph, which may be missing itself.
 * @throws Error where there is no config.json, or one of them cannot be read
 */
export async function readExportTexts(graph: string): Promise<CheckpointTexts> {
  for (const folder of textFoldersOf(graph)) {
    const names = await readdir(folder).catch((): string[] => [])
    if (names.includes('config.json')) return readCheckpointTexts(folder)
  }
  throw new Error(
    `${graph} has no config.json beside it; put there config.json and the tokenizer files of the model that was exported`,
  )
}

function assertLocations(graph: string, { externalFiles }: GraphScan, { textFiles }: CheckpointTexts): void {
  const taken = new Set([graphFileName, manifestFileName, ...textFiles.keys()])
  for (const location of externalFiles.keys())
    if (basename(location) !== location || location === '..' || taken.has(location))
      throw new Error(
        `${graph} keeps weights in "${location}"; expected a file beside the graph whose name nothing else here has. ` +
          'Save it anew with onnx.save_model(..., save_as_external_data=True, location="weights.onnx_data")',
      )
}

async function findExternalFiles({ graph, externalBytes }: ExportDescription): Promise<string[]> {
  const files: string[] = []
  for (const [location, neededBytes] of externalBytes) {
    const file = join(dirname(graph), location)
    const found = await stat(file).catch(() => null)
    if (found === null)
      throw new Error(`${graph} keeps weights in ${location}, which is not beside it; is the folder wholly downloaded?`)
    if (found.size < neededBytes)
      throw new Error(`${file} ends after ${found.size} bytes, ${neededBytes} expected; is it wholly downloaded?`)
    files.push(file)
  }
  return files
}
