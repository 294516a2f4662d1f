import {
  type BinaryFile,
  validateAdapterConfig,
  validateCheckpointTexts,
  validateExportTexts,
  validateGgufHeader,
} from '@tandem/models'
import { messageOf, withTimeout } from '@tandem/process'
import { type HubSnapshot, snapshotPath } from '../../cache/hub-cache.js'
import { validateText } from '../validate-text.js'
import type { Hub } from './hub.js'
import type { Selection } from './repository-files.js'

/** Time limit for the header of a GGUF file. */
const headerLimitMs = 120_000

/**
 * Checks the description of a model before its weights are downloaded.
 * @throws Error saying what is not supported; errors of `Hub.read`
 */
export async function validateDescription(
  selection: Selection,
  { hub, snapshot, where, signal }: { hub: Hub; snapshot: HubSnapshot; where: string; signal: AbortSignal },
): Promise<void> {
  const path = snapshotPath(snapshot, selection.path)
  const [gguf] = selection.weights
  const limit = withTimeout(headerLimitMs, signal)
  if (selection.kind === 'checkpoint') await explained(validateCheckpointTexts(path, validateText), where)
  else if (selection.kind === 'export') await explained(validateExportTexts(path, validateText), where)
  else if (selection.kind === 'adapter') await explained(validateAdapterConfig(path), where)
  else if (gguf) await validateGgufHeader(remoteFile(hub, snapshot, gguf, where, limit), validateText)
}

/** Adds the model to an error, which names only the file. */
async function explained(checking: Promise<void>, where: string): Promise<void> {
  await checking.catch((error: unknown) => {
    throw new Error(`${where} cannot be used (no weights were downloaded): ${messageOf(error)}`, { cause: error })
  })
}

/** Returns a file that is read from the hub. */
function remoteFile(
  hub: Hub,
  { repo, commit }: HubSnapshot,
  { path, bytes }: { readonly path: string; readonly bytes: number },
  where: string,
  signal: AbortSignal,
): BinaryFile {
  return {
    path: where,
    bytes,
    async read(offset, length) {
      const { from, body } = await hub.read({ repo, commit, path }, { from: offset, to: offset + length }, signal)
      const out = new Uint8Array(length)
      let at = from - offset
      for await (const chunk of body) {
        // A server without range support sends the bytes before and after the range too.
        const begin = Math.max(0, -at)
        const part = chunk.subarray(begin, Math.max(begin, length - at))
        out.set(part, Math.max(0, at))
        at += chunk.byteLength
        if (at >= length) return out
      }
      throw new Error(`${where} ends after ${offset + at} bytes, expected ${offset + length}`)
    },
    close: async () => {},
  }
}
