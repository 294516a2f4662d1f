import {
  type BinaryFile,
  validateAdapterConfig,
  validateCheckpointTexts,
  validateExportTexts,
  validateGgufHeader,
} from '@tandem/models'
import { type HubSnapshot, snapshotPath } from '../../cache/hub-cache.js'
import { validateText } from '../validate-text.js'
import type { Hub } from './hub.js'
import type { Selection } from './repository-files.js'

/** How long the header of a GGUF file may take. */
const headerLimitMs = 120_000

/**
 * Refuses what could not be built before its weights are downloaded, by its description alone.
 * @throws Error telling what is not supported; or as `Hub.read`
 */
export async function validateDescription(
  selection: Selection,
  { hub, snapshot, where, signal }: { hub: Hub; snapshot: HubSnapshot; where: string; signal: AbortSignal },
): Promise<void> {
  const path = snapshotPath(snapshot, selection.path)
  const [gguf] = selection.weights
  const limit = AbortSignal.any([signal, AbortSignal.timeout(headerLimitMs)])
  if (selection.kind === 'checkpoint') await told(validateCheckpointTexts(path, validateText), where)
  else if (selection.kind === 'export') await told(validateExportTexts(path, validateText), where)
  else if (selection.kind === 'adapter') await told(validateAdapterConfig(path), where)
  else if (gguf) await validateGgufHeader(remoteFile(hub, snapshot, gguf, where, limit), validateText)
}

/** Errors of a checkpoint's files name the file alone. */
async function told(checking: Promise<void>, where: string): Promise<void> {
  await checking.catch((error: unknown) => {
    throw new Error(`${where} cannot be used, and no weights were downloaded: ${messageOf(error)}`, { cause: error })
  })
}

/** A file that is still at the hub. */
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
        // A server that knows no ranges sends what stands before and behind it too.
        const begin = Math.max(0, -at)
        const part = chunk.subarray(begin, Math.max(begin, length - at))
        out.set(part, Math.max(0, at))
        at += chunk.byteLength
        if (at >= length) return out
      }
      throw new Error(`${where} ends after ${offset + at} bytes, ${offset + length} expected`)
    },
    close: async () => {},
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
