import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { type KeyEntry, KeyError, parseKeyLine } from './parse-key-line.js'

/** Maximum size of a file of API keys, in bytes. */
export const maxKeyFileBytes = 256 * 1024

/**
 * Reads the text of a file of API keys.
 * @throws KeyError if the file cannot be read or is too large
 */
export async function readKeyFile(path: string): Promise<string> {
  // Without O_NONBLOCK, the open of a named pipe would wait for a writer.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((cause: unknown) => {
    throw new KeyError(`${path}: the file cannot be read (${codeOf(cause)})`, { cause })
  })
  try {
    if (!(await file.stat()).isFile()) throw new KeyError(`${path}: expected a file`)
    const bytes = Buffer.alloc(maxKeyFileBytes + 1)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
    if (bytesRead > maxKeyFileBytes)
      throw new KeyError(`${path}: the file is larger than ${maxKeyFileBytes} bytes: remove keys`)
    return bytes.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown error'

/**
 * Parses a file of API keys, one in each line.
 * @throws KeyError that names the first wrong line, or says that there is no key: a server must not
 *   become open because a file is empty
 */
export function parseKeyFile(text: string, path: string): KeyEntry[] {
  const entries = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .flatMap((line, i) => parseAt(line, `${path}:${i + 1}`) ?? [])
  if (entries.length === 0) throw new KeyError(`${path}: the file has no keys: expected one key in each line`)
  return entries
}

function parseAt(line: string, place: string): KeyEntry | null {
  try {
    const entry = parseKeyLine(line)
    return entry && { ...entry, place }
  } catch (error) {
    if (error instanceof KeyError) throw new KeyError(`${place}: ${error.message}`)
    throw error
  }
}
