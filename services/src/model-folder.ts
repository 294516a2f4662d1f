import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type HeadKind, loadManifest, type Manifest } from '@tandem/models'

const kinds: Readonly<Record<HeadKind, { model: string; service: string; way: string }>> = {
  vocabulary: { model: 'a language model', service: 'a logit service', way: '"tandem up --sft DIR --dpo DIR"' },
  score: { model: 'a reward model', service: 'a reward service', way: '"tandem up --reward NAME=DIR"' },
}

/**
 * The manifest of a model folder that a service can start with.
 * @param head what the service serves
 * @throws Error naming the folder, and what is missing in it or that it is for another service
 */
export async function openModelFolder(folder: string, head: HeadKind): Promise<Manifest> {
  const manifest = await loadManifest(folder)
  if (manifest.head !== head) {
    const { model, service, way } = kinds[manifest.head]
    throw new Error(
      `${folder} (${manifest.modelId}) is ${model}, and ${kinds[head].service} serves ${kinds[head].model}. Serve it with ${service}: ${way}`,
    )
  }
  await assertFiles(folder, manifest)
  return manifest
}

/** A half-copied folder is found before the engine reads it. Hashes are not computed: that takes as long as loading. */
async function assertFiles(folder: string, manifest: Manifest): Promise<void> {
  for (const [name, { bytes }] of Object.entries(manifest.files)) {
    const found = await stat(join(folder, name)).catch(() => null)
    if (found === null)
      throw new Error(`${join(folder, name)} is missing: its manifest lists it. Build the folder again.`)
    if (found.size !== bytes)
      throw new Error(
        `${join(folder, name)} has ${found.size} bytes, its manifest says ${bytes}. Build the folder again.`,
      )
  }
}
