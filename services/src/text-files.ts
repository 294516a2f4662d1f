import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { type ServerWritableStream, status } from '@grpc/grpc-js'
import type { Manifest } from '@tandem/models/folder'
import { messageOf } from '@tandem/process'
import type { TextFileChunk } from '@tandem/proto'
import type { Logger } from 'pino'

/** The files of a model folder that a gateway needs to turn text into ids and back. */
const textFileNames = [
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'config.json',
  'generation_config.json',
] as const

const chunkBytes = 256 * 1024

/**
 * Reads the text files of a model folder that its manifest lists, in chunks. An empty file gives
 * one empty chunk.
 */
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

/** Answers `GetTextFiles`. */
export async function sendTextFiles(
  textFiles: () => AsyncIterable<TextFileChunk>,
  log: Logger,
  call: ServerWritableStream<unknown, TextFileChunk>,
): Promise<void> {
  try {
    for await (const chunk of textFiles()) {
      if (call.cancelled) return
      if (!call.write(chunk)) await drained(call)
    }
    call.end()
  } catch (error) {
    const message = messageOf(error)
    log.error({ err: error }, 'text files cannot be read')
    call.emit('error', { code: status.INTERNAL, details: `the model's text files cannot be read: ${message}` })
  }
}

function drained(call: ServerWritableStream<unknown, TextFileChunk>): Promise<void> {
  return new Promise((resolve) => {
    call.once('drain', resolve)
    call.once('cancelled', resolve)
  })
}
