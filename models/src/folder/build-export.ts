import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { exportedPrecision, graphFileName, type Manifest } from '../manifest.js'
import type { ExportSource } from '../read/onnx/open-export.js'
import { type FolderOptions, makeModelFolder } from './model-folder.js'

/**
 * Makes a model folder from an exported graph. The graph and its weights are copied without
 * changes.
 * @throws Error as `makeModelFolder`
 */
export async function buildExport(source: ExportSource, options: FolderOptions): Promise<Manifest> {
  const { graph, externalFiles, keyValueType, model } = source
  const copies = new Map([
    [graphFileName, graph],
    // The graph refers to these files by name.
    ...externalFiles.map((path) => [basename(path), path] as const),
  ])
  const sizes = await Promise.all([...copies.values()].map(async (path) => (await stat(path)).size))
  const content = {
    model: { ...model, head: 'vocabulary' as const },
    exportedGraph: { keyValueType },
    precision: exportedPrecision,
    texts: source,
    source: { kind: 'onnx' as const, files: source.files },
    adapter: null,
    graph: {
      names: [...copies.keys()],
      bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
      async write(folder: string, onBytes: (bytes: number) => void, signal: AbortSignal | undefined) {
        for (const [name, path] of copies) await copyFile(path, join(folder, name), onBytes, signal)
      },
    },
  }
  return makeModelFolder(content, options)
}

/** Copies and does not link, so that later changes of the source do not change the model folder. */
async function copyFile(
  from: string,
  to: string,
  onBytes: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      onBytes(chunk.byteLength)
      yield chunk
    }
  }
  const source = createReadStream(from, { highWaterMark: 1 << 20 })
  await pipeline(source, counted, createWriteStream(to, { flush: true }), { signal })
}
