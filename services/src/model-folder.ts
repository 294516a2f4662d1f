import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type HeadKind, loadManifest, type Manifest } from '@tandem/models/folder'

const kinds: Readonly<Record<HeadKind, { model: string; service: string; command: string }>> = {
  vocabulary: { model: 'a language model', service: 'a logit service', command: '"tandem up --sft DIR --dpo DIR"' },
  score: { model: 'a reward model', service: 'a reward service', command: '"tandem up --reward NAME=DIR"' },
}

/**
 * Loads the manifest of a model folder, and checks that a service can start with it.
 * @param head the kind of model that the service serves
 * @throws Error that names the folder and says what is missing in it, or which service it is for
 */
export async function openModelFolder(folder: string, head: HeadKind): Promise<Manifest> {
  const manifest = await loadManifest(folder)
  if (manifest.head !== head) {
    const { model, service, command } = kinds[manifest.head]
    throw new Error(
      `${folder} (${manifest.modelId}) is ${model}, but ${kinds[head].service} serves ${kinds[head].model}. Serve it with ${service}: ${command}`,
    )
  }
  await assertFiles(folder, manifest)
  return manifest
}

/**
 * Finds a folder that was copied only in part. The hashes of the files are computed while the model
 * loads (load-verified.ts).
 */
async function assertFiles(folder: string, manifest: Manifest): Promise<void> {
  for (const [name, { bytes }] of Object.entries(manifest.files)) {
    const found = await stat(join(folder, name)).catch(() => null)
    if (found === null)
      throw new Error(`${join(folder, name)} is missing, but the manifest lists it. Build the folder again.`)
    if (found.size !== bytes)
      throw new Error(
        `${join(folder, name)} has ${found.size} bytes, but the manifest says ${bytes}. Build the folder again.`,
      )
  }
}
