import { open } from 'node:fs/promises'

/** A file read in parts. Whoever opens it closes it. */
export interface BinaryFile {
  readonly path: string
  readonly bytes: number
  /** @throws Error naming the file where it ends before offset + length. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

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
          throw new Error(`${path} ends after ${size} bytes, ${offset + length} expected; is it wholly downloaded?`)
        done += bytesRead
      }
      return out
    },
    close: () => handle.close(),
  }
}
