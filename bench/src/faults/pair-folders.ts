import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { embeddedPair, tinyFolder } from '@tandem/test'
import type { FaultPair } from './prompts.js'

/** Model folders of a pair. */
export interface PairFolders {
  readonly sft: string
  readonly dpo: string
}

const built = new Map<FaultPair, Promise<PairFolders>>()

/** Builds a pair at fp32, once in this process. It is removed when this process ends. */
export function buildPair(pair: FaultPair): Promise<PairFolders> {
  const folders = built.get(pair) ?? build(pair)
  built.set(pair, folders)
  return folders
}

async function build(pair: FaultPair): Promise<PairFolders> {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-faults-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const { source, adapter } =
    pair === 'tiny'
      ? { source: tinyFolder('llama-tied'), adapter: tinyFolder('llama-tied+lora') }
      : await embeddedPair()
  const folders = { sft: join(folder, 'sft'), dpo: join(folder, 'dpo') }
  await buildModel({ source, out: folders.sft, precision: 'fp32' })
  await buildModel({ source, adapter, out: folders.dpo, precision: 'fp32' })
  return folders
}
