import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { embeddedPair } from '../support/embedded-pair.js'
import type { ClusterArguments } from './arguments.js'
import { runCommandLine } from './shell.js'

/** The tag of the images of this proof. */
export const tag = 'cluster-test'

/** The registry in the names of images. All tools and runtimes mean the same by a full name. */
export const registry = 'docker.io/library'

const imageNames = ['tandem-gateway', 'tandem-service', 'tandem-cli', 'tandem-models'].map(
  (name) => `${registry}/${name}:${tag}`,
)

const buildLimitMs = 1_800_000
const loadLimitMs = 600_000

/** Builds the models and the images, and copies the images into the cluster. */
export async function prepareImages(
  { tool, load, builds }: ClusterArguments,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  if (!builds) return
  const models = await mkdtemp(join(tmpdir(), 'tandem-cluster-models-'))
  try {
    log('building the models')
    await buildModels(models)
    log('building the images')
    const env = { BUILDER: tool, PREFIX: `${registry}/`, TAG: tag, MODELS: models }
    await runCommandLine(['deploy/docker/build-images.sh'], signal, { env, limitMs: buildLimitMs })
  } finally {
    await rm(models, { recursive: true, force: true })
  }
  if (load === null) return
  for (const image of imageNames) {
    log(`copying ${image} into the cluster`)
    await runCommandLine([...load, image], signal, { limitMs: loadLimitMs })
  }
}

/**
 * Builds the embedded pair at float32, where answers are the same however they are computed, and a
 * DPO model with another adapter, `dpo-new`: the same weights with half the effect.
 */
async function buildModels(folder: string): Promise<void> {
  const { source, adapter } = await embeddedPair()
  const newAdapter = join(folder, 'adapter')
  await mkdir(newAdapter)
  await cp(adapter, newAdapter, { recursive: true })
  await halve(join(newAdapter, 'adapter_config.json'))
  await buildModel({ source, out: join(folder, 'sft'), precision: 'fp32' })
  await buildModel({ source, adapter, out: join(folder, 'dpo'), precision: 'fp32' })
  await buildModel({ source, adapter: newAdapter, out: join(folder, 'dpo-new'), precision: 'fp32' })
  await rm(newAdapter, { recursive: true })
}

/** Halves the scale of a LoRA adapter. */
async function halve(file: string): Promise<void> {
  const config = JSON.parse(await readFile(file, 'utf8')) as { lora_alpha: number }
  await writeFile(file, JSON.stringify({ ...config, lora_alpha: config.lora_alpha / 2 }))
}
