import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, builderVersion, buildModel } from '@tandem/models'
import { loadManifest } from '@tandem/models/folder'
import { adapterIdentity, shortHash, weightsIdentity } from '../cache/identity.js'
import type { Context } from '../context.js'
import { withLock } from '../lock.js'
import { createProgress } from '../progress.js'
import { explainDiskErrors } from '../util/disk-error.js'
import { warnOfEndTokens } from './end-tokens.js'

/** The inputs of a build, without its place. */
export type BuildRequest = Pick<
  BuildOptions,
  'source' | 'adapter' | 'adapterScale' | 'precision' | 'switched' | 'head'
> & {
  readonly modelId: string
  /** Identifies the content of `source`. Default: it is found from the files. */
  readonly identity?: string | undefined
}

/**
 * Builds a model folder in the cache, or finds it there. If two processes need the same folder,
 * only one builds it.
 * @returns the path of the model folder
 */
export const buildCached = (request: BuildRequest, context: Context): Promise<string> =>
  explainDiskErrors(context.home.folder, 'TANDEM_HOME', () => findOrBuild(request, context))

async function findOrBuild(request: BuildRequest, context: Context): Promise<string> {
  const { home, output } = context
  const name = await cachedName(request, context.signal)
  const out = join(home.models, name)
  await buildOnce(request, out, name, context)
  await warnOfEndTokens(out, output)
  return out
}

async function buildOnce(request: BuildRequest, out: string, name: string, context: Context): Promise<void> {
  const { home, output } = context
  if (await isModelFolder(out)) return
  const onWait = () =>
    output.write(`Waiting for another process that builds ${request.modelId} in ${home.models} ...\n`)
  await withLock({ folder: home.locks, name: `build-${name}`, onWait, signal: context.signal }, async (signal) => {
    if (!(await isModelFolder(out))) await buildWithProgress({ ...request, out, signal }, context)
  })
}

/** Runs `buildModel` with a progress bar. */
export async function buildWithProgress(options: BuildOptions, { output }: Pick<Context, 'output'>) {
  // The gateway's code for texts is loaded here: most starts build nothing.
  const { validateText } = await import('../pull/validate-text.js')
  const title = options.modelId === undefined ? 'Building' : `Building ${options.modelId}`
  const progress = createProgress(output, title)
  try {
    const onProgress: BuildOptions['onProgress'] = ({ phase, doneBytes, totalBytes }) =>
      progress.update(phase, doneBytes, totalBytes)
    return await buildModel({ ...options, validateText, onProgress })
  } finally {
    progress.stop()
  }
}

/** Returns the name of a build's folder in the cache: equal for equal inputs. */
async function cachedName(request: BuildRequest, signal: AbortSignal): Promise<string> {
  const { adapterScale = 1 } = request
  const source = request.identity ?? (await weightsIdentity(request.source))
  const adapter = request.adapter === undefined ? null : await adapterIdentity(request.adapter, signal)
  const key = shortHash([
    source,
    adapter,
    request.precision ?? null,
    request.modelId,
    request.switched ? 'switched' : null,
    builderVersion,
    // Left out if it is 1, so that folders of earlier versions are found.
    ...(adapterScale === 1 ? [] : [`scale ${adapterScale}`]),
  ])
  return `${request.modelId.replaceAll(/[^\w.-]+/g, '-')}-${key}`
}

/** Whether a folder has a valid manifest and all files of it, with the right sizes. */
async function isModelFolder(folder: string): Promise<boolean> {
  const manifest = await loadManifest(folder).catch(() => null)
  if (!manifest) return false
  for (const [name, { bytes }] of Object.entries(manifest.files)) {
    const found = await stat(join(folder, name)).catch(() => null)
    if (found?.size !== bytes) return false
  }
  return true
}
