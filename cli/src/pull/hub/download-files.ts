import { mkdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { type HubSnapshot, isPulled, snapshotFolder, snapshotPath, unfinishedFolder } from '../../cache/hub-cache.js'
import type { HubFile } from '../../cache/hub-file.js'
import { shortHash } from '../../cache/identity.js'
import { linkDuplicate } from '../../cache/link-duplicate.js'
import { createProgress, type Output } from '../../progress.js'
import { sumBytes } from '../../util/sum-bytes.js'
import { megabytes } from '../../util/table.js'
import { downloadFile } from './download-file.js'
import type { Hub } from './hub.js'

/** Maximum concurrent downloads. */
const maxDownloads = 4

/** Options of `downloadFiles`. */
export interface DownloadsOptions {
  readonly hub: Hub
  readonly snapshot: HubSnapshot
  /** The name of the model in messages. */
  readonly where: string
  /** The title of the progress bar. */
  readonly title: string
  readonly output: Output
  readonly signal: AbortSignal
}

/**
 * Downloads the missing files of a commit into the cache. Files that another commit has are linked.
 * On an error or abort all downloads end, and partial files stay for the next call.
 * @throws Error if the disk has too little space, or as `downloadFile`
 */
export async function downloadFiles(files: readonly HubFile[], options: DownloadsOptions): Promise<void> {
  const { snapshot, title, output, signal } = options
  const missing: HubFile[] = []
  for (const file of files)
    if (!(await isPulled(snapshot, file)) && !(await linkDuplicate(snapshot, file))) missing.push(file)
  if (missing.length === 0) return
  await assertSpace(missing, options)
  const totalBytes = sumBytes(missing)
  const progress = createProgress(output, title)
  let doneBytes = 0
  const onBytes = (bytes: number) => {
    doneBytes += bytes
    progress.update('download', doneBytes, totalBytes)
  }
  const failed = new AbortController()
  const together = { ...options, onBytes, signal: AbortSignal.any([signal, failed.signal]) }
  const waiting = [...missing]
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) await downloadOne(file, together)
  }
  try {
    const workers = Array.from({ length: Math.min(maxDownloads, missing.length) }, () =>
      work().catch((error: unknown) => failed.abort(error)),
    )
    await Promise.all(workers)
  } finally {
    progress.stop()
  }
  signal.throwIfAborted()
  failed.signal.throwIfAborted()
}

const downloadOne = (
  file: HubFile,
  { hub, snapshot, onBytes, signal }: DownloadsOptions & { readonly onBytes: (bytes: number) => void },
): Promise<void> =>
  downloadFile({
    hub,
    file,
    place: { repo: snapshot.repo, commit: snapshot.commit, path: file.path },
    unfinished: unfinishedPath(snapshot, file),
    target: snapshotPath(snapshot, file.path),
    onBytes,
    signal,
  })

const unfinishedPath = (snapshot: HubSnapshot, { path }: HubFile) => join(unfinishedFolder(snapshot), shortHash([path]))

async function assertSpace(files: readonly HubFile[], { snapshot, where }: DownloadsOptions): Promise<void> {
  let needed = 0
  for (const file of files) {
    const begun = await stat(unfinishedPath(snapshot, file)).catch(() => null)
    needed += Math.max(0, file.bytes - (begun?.size ?? 0))
  }
  const folder = snapshotFolder(snapshot)
  await mkdir(folder, { recursive: true })
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (needed <= free) return
  throw new Error(
    `${where}: the download needs ${megabytes(needed)}, and ${folder} has ${megabytes(free)} free. ` +
      'Free some space ("tandem models" lists what is kept), or set TANDEM_HOME to a folder on another disk',
  )
}
