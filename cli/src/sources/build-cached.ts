import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, builderVersion, buildModel, loadManifest } from '@tandem/models'
import type { Context } from '../context.js'
import { explainDiskErrors } from '../util/disk-error.js'
import { withLock } from '../lock.js'
import { createProgress } from '../progress.js'
import { adapterIdentity, shortHash, weightsIdentity } from '../cache/identity.js'
import { validateText } from '../pull/validate-text.js'

export type BuildRequest = Pick<BuildOptions, 'source' | 'adapter' | 'precision' | 'switched'> & {
  readonly modelId: string
  /** Stands for the content of `source`; left out, it is found from the files. */
  readonly identity?: string | undefined
}

/**
 * Builds a model folder in the cache, or finds it there. Two processes that want the same one build it once.
 * @returns the model folder's path
 */
export const buildCached = (request: BuildRequest, context: Context): Promise<string> =>
  explainDiskErrors(context.home.folder, 'TANDEM_HOME', () => findOrBuild(request, context))

async function findOrBuild(request: BuildRequest, context: Context): Promise<string> {
  const { home, output } = context
  const name = await cachedName(request, context.signal)
  const out = join(home.models, name)
  if (await isModelFolder(out)) return out
  const onWait = () =>
    output.write(`Waiting for another process that builds ${request.modelId} in ${home.models} ...\n`)
  return withLock({ folder: home.locks, name: `build-${name}`, onWait, signal: context.signal }, async (signal) => {
    if (!(await isModelFolder(out))) await buildWithProgress({ ...request, out, signal }, context)
    return out
  })
}

/** `buildModel` with a bar on the terminal. */
export async function buildWithProgress(options: BuildOptions, { output }: Pick<Context, 'output'>) {
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

/** The name of a build's folder in the cache: equal for equal inputs. */
export async function cachedName(request: BuildRequest, signal: AbortSignal): Promise<string> {
  const source = request.identity ?? (await weightsIdentity(request.source))
  const adapter = request.adapter === undefined ? null : await adapterIdentity(request.adapter, signal)
  const key = shortHash([
    source,
    adapter,
    request.precision ?? null,
    request.modelId,
    request.switched ? 'switched' : null,
    builderVersion,
  ])
  return `${request.modelId.replaceAll(/[^\w.-]+/g, '-')}-${key}`
}

/** Whether the folder loads, and has every file that its manifest names, with its size. */
async function isModelFolder(folder: string): Promise<boolean> {
  const manifest = await loadManifest(folder).catch(() => null)
  if (!manifest) return false
  for (const [name, { bytes }] of Object.entries(manifest.files)) {
    const found = await stat(join(folder, name)).catch(() => null)
    if (found?.size !== bytes) return false
  }
  return true
}
