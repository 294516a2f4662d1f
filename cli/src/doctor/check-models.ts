import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { catalog } from '@tandem/models/catalog'
import { hashFile } from '@tandem/process'
import { createFileHash, type HubDigest } from '../cache/hub-file.js'
import { type CachedModel, readCachedModels } from '../cache/read-cache.js'
import { readCachedCommits } from '../cache/read-hub.js'
import type { Context } from '../context.js'
import { createProgress } from '../progress.js'
import { weightsPath } from '../pull/pull-weights.js'
import { sumBytes } from '../util/sum-bytes.js'
import { megabytes } from '../util/table.js'
import { type Finding, fail, ok, warn } from './finding.js'

interface ExpectedFile {
  readonly path: string
  readonly bytes: number
  readonly digest: HubDigest
}

/**
 * Checks whether the files in the cache are as they were pulled and built, by their sizes.
 * @param isHashed whether to check the hashes too, which reads every byte
 */
export async function checkModels(isHashed: boolean, context: Context): Promise<Finding[]> {
  const models = await readCachedModels(context.home)
  const current = models.filter(({ state }) => state === 'current')
  const files = [...(await pulledFiles(context)), ...(await hubFiles(context)), ...current.flatMap(filesOf)]
  const damaged = await findDamaged(files, isHashed, context)
  const how = isHashed ? 'by their hashes' : 'by their sizes; --hashes reads them'
  const found = `${current.length} built, ${files.length} files unchanged (${how})`
  const findings = damaged.map((path) =>
    fail('models', `${path} is damaged`, 'delete its folder: the next start pulls or builds it again'),
  )
  return [...(findings.length === 0 ? [ok('models', found)] : findings), ...checkOld(models)]
}

/** Warns about folders that this version never reads. */
function checkOld(models: readonly CachedModel[]): Finding[] {
  const old = models.filter(({ state }) => state === 'other-builder' || state === 'unreadable')
  if (old.length === 0) return []
  const found = `${old.length} folders that this version does not read, ${megabytes(sumBytes(old))}`
  return [warn('models', found, '"tandem models" lists them; they may be deleted')]
}

async function pulledFiles({ home }: Context): Promise<ExpectedFile[]> {
  const files: ExpectedFile[] = []
  for (const pair of catalog) {
    const path = weightsPath(pair, home)
    const isThere = (await stat(path).catch(() => null)) !== null
    if (isThere) files.push({ path, bytes: pair.sft.bytes, digest: sha256(pair.sft.sha256) })
  }
  return files
}

async function hubFiles({ home }: Context): Promise<ExpectedFile[]> {
  const commits = await readCachedCommits(home)
  return commits.flatMap(({ files }) => files.map(({ path, file }) => ({ ...file, path })))
}

const filesOf = ({ path, manifest }: CachedModel): ExpectedFile[] =>
  Object.entries(manifest?.files ?? {}).map(([name, file]) => ({
    path: join(path, name),
    bytes: file.bytes,
    digest: sha256(file.sha256),
  }))

const sha256 = (hex: string): HubDigest => ({ algorithm: 'sha256', hex })

async function findDamaged(files: readonly ExpectedFile[], isHashed: boolean, { output, signal }: Context) {
  const progress = createProgress(output, 'Checking')
  const totalBytes = sumBytes(files)
  const damaged: string[] = []
  let doneBytes = 0
  try {
    for (const { path, bytes, digest } of files) {
      signal.throwIfAborted()
      const hasSize = (await stat(path).catch(() => null))?.size === bytes
      const isOther = async () =>
        (await hashFile(path, signal, { hash: createFileHash(digest.algorithm, bytes) })) !== digest.hex
      if (!hasSize || (isHashed && (await isOther()))) damaged.push(path)
      doneBytes += bytes
      if (isHashed) progress.update('hashes', doneBytes, totalBytes)
    }
  } finally {
    progress.stop()
  }
  return damaged
}
