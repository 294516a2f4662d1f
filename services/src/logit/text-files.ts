import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from '@tandem/models'

/** What a gateway needs of a model folder to turn text into ids and back. */
const textFileNames = [
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'config.json',
  'generation_config.json',
] as const

const chunkBytes = 256 * 1024

/** The text files of a model folder that its manifest lists, in chunks; a file without content gives one empty chunk. */
export async function* readTextFiles(
  folder: string,
  manifest: Manifest,
): AsyncGenerator<{ name: string; data: Buffer }> {
  for (const name of textFileNames) {
    const file = manifest.files[name]
    if (file === undefined) continue
    if (file.bytes === 0) yield { name, data: Buffer.alloc(0) }
    for await (const data of createReadStream(join(folder, name), { highWaterMark: chunkBytes }))
      yield { name, data: data as Buffer }
  }
}
