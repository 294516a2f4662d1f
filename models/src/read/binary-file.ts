import { open } from 'node:fs/promises'

/** A file that is read in parts. The caller of `openBinaryFile` closes it. */
export interface BinaryFile {
  readonly path: string
  readonly bytes: number
  /** Reads `length` bytes at an offset. @throws Error with the path if the file is shorter */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

/** Opens a file for reading in parts. */
export async function openBinaryFile(path: string): Promise<BinaryFile> {
  const handle = await open(path, 'r')
  const { size } = await handle.stat()
  return {
    path,
    bytes: size,
    async read(offset, length) {
      const out = new Uint8Array(length)
      let done = 0
      while (done < length) {
        const { bytesRead } = await handle.read(out, done, length - done, offset + done)
        if (bytesRead === 0)
          throw new Error(`${path} ends after ${size} bytes: expected ${offset + length}; is the download complete?`)
        done += bytesRead
      }
      return out
    },
    close: () => handle.close(),
  }
}
