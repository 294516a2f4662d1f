import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeEndTokens, withEndTokens } from '@tandem/models'
import { loadManifest } from '@tandem/models/folder'
import type { Output } from '../progress.js'

/**
 * Warns if the files of a model folder name different end tokens. Answers end at each of them,
 * which is right if one file is of the base model and another one of its training.
 */
export async function warnOfEndTokens(folder: string, output: Output): Promise<void> {
  const { files, modelId, head, eosTokenIds } = await loadManifest(folder)
  if (head !== 'vocabulary') return
  const texts = new Map<string, Uint8Array>()
  for (const name of Object.keys(files)) if (name.endsWith('.json')) texts.set(name, await readFile(join(folder, name)))
  const named = describeEndTokens(texts)
  if (named === null) return
  // Versions before 8 of the builder read only one of the files.
  const isOld = withEndTokens({ eosTokenIds }, texts).eosTokenIds.length > eosTokenIds.length
  output.write(
    `Warning: the files of ${modelId} name different end tokens: ${named}. ` +
      `An answer ends at each of ${eosTokenIds.join(', ')}.` +
      `${isOld ? ' To add the others, build the model folder again from its source.' : ''}\n`,
  )
}
