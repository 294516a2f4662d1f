import { basename } from 'node:path'
import { readShardIndex } from '@tandem/models'
import {
  type HubSnapshot,
  isPulled,
  readListing,
  readRef,
  snapshotPath,
  writeListing,
  writeRef,
} from '../../cache/hub-cache.js'
import type { HubFile } from '../../cache/hub-file.js'
import type { Context } from '../../context.js'
import { withLock } from '../../lock.js'
import { formatHubName, type HubName, parseHubName } from '../../source-text/hub-name.js'
import { sumBytes } from '../../util/sum-bytes.js'
import { megabytes } from '../../util/table.js'
import { downloadFiles } from './download-files.js'
import { createHub, type Hub, isCommit } from './hub.js'
import { type HubAccess, readHubAccess } from './hub-access.js'
import { describeHubError, HubUnreachable } from './hub-errors.js'
import type { Selection } from './repository-files.js'
import { selectExternalFiles } from './select-export.js'
import { selectFiles, selectShards } from './select-files.js'
import { validateDescription } from './validate-description.js'

const defaultRevision = 'main'

/** A pull in progress. */
interface Pull {
  readonly name: HubName
  /** The model in messages, e.g. `--sft hf:org/repo`. */
  readonly where: string
  readonly hub: Hub
  readonly access: HubAccess
  readonly context: Context
}

/** A commit, and its files. */
interface Listed {
  readonly snapshot: HubSnapshot
  readonly files: readonly HubFile[]
}

/**
 * Downloads a model of the hub into the cache, or finds it there. A branch or tag is looked up each
 * time. If the hub cannot be reached, the commit of the last pull is used, with a notice.
 * @param option the option of the source in messages, e.g. `--sft`; default: none
 * @returns the path of a checkpoint's or adapter's folder, of a GGUF file or of an exported graph
 * @throws Error saying what was found at the hub, what was expected and what to do
 */
export async function pullHub(source: string, context: Context, option?: string): Promise<string> {
  const where = option === undefined ? source : `${option} ${source}`
  const name = parseHubName(source, where)
  const access = await readHubAccess(context.environment)
  try {
    return await pull({ name, where, hub: createHub(access, context.signal), access, context })
  } catch (error) {
    context.signal.throwIfAborted()
    throw describeHubError(error, where, name, access)
  }
}

async function pull(given: Pull): Promise<string> {
  const { name, where, access, context } = given
  const { home, output } = context
  const listed = await findCommit(given)
  const { snapshot } = listed
  const selection = selectFiles(listed.files, name, where)
  const path = snapshotPath(snapshot, selection.path)
  if (!(await isComplete(listed, selection, where))) {
    const onWait = () => output.write(`Waiting for another process that pulls ${name.repo} into ${home.folder} ...\n`)
    const lock = {
      folder: home.locks,
      name: `pull-hub-${name.repo.replace('/', '--')}`,
      onWait,
      signal: context.signal,
    }
    await withLock(lock, async (signal) => {
      if (await isComplete(listed, selection, where)) return
      // Requests end if the lock is lost, too.
      const hub = createHub(access, signal)
      await download(listed, selection, { ...given, hub, context: { ...context, signal } })
    })
  }
  await storeRef(snapshot, name.revision ?? defaultRevision)
  return path
}

/** Stores the commit of a branch or tag, for a time when the hub cannot be reached. */
async function storeRef(snapshot: HubSnapshot, revision: string): Promise<void> {
  const isStored = (await readRef(snapshot.repo, revision, snapshot.home)) === snapshot.commit
  if (!isStored && !isCommit(revision)) await writeRef(snapshot, revision)
}

/** Downloads the small files first: they decide whether the weights are needed. */
async function download(listed: Listed, selection: Selection, pull: Pull): Promise<void> {
  const { name, where, hub, access, context } = pull
  const { snapshot } = listed
  const { output, signal } = context
  const title = `Pulling ${formatHubName(name)}`
  const options = { hub, snapshot, where, title, output, signal }
  output.write(`${title}: ${selection.kind} of commit ${snapshot.commit.slice(0, 12)} at ${access.endpoint}\n`)
  await downloadFiles(selection.description, { ...options, output: silent })
  await validateDescription(selection, options)
  const downloadWeights = async (files: readonly HubFile[]) => {
    if (files.length === 0) return
    const count = files.length === 1 ? 'a file' : `${files.length} files`
    output.write(`  ${count} of weights, ${megabytes(sumBytes(files))}, into ${snapshotPath(snapshot, '')}\n`)
    await downloadFiles(files, options)
  }
  await downloadWeights(selection.weights)
  await downloadWeights(await otherWeights(listed, selection, where))
}

/**
 * Returns the weights that a downloaded file names: the shards of an index, or the external files
 * of a graph.
 */
async function otherWeights(
  { snapshot, files }: Listed,
  selection: Selection,
  where: string,
): Promise<readonly HubFile[]> {
  if (selection.kind === 'export')
    return selectExternalFiles(files, selection, snapshotPath(snapshot, selection.path), where)
  if (selection.index === null) return []
  const index = await readShardIndex(snapshotPath(snapshot, selection.index.path))
  return selectShards(
    files,
    index.files.map((file) => basename(file)),
    selection,
    where,
  )
}

async function isComplete(listed: Listed, selection: Selection, where: string): Promise<boolean> {
  const arePulled = async (files: readonly HubFile[]) => {
    for (const file of files) if (!(await isPulled(listed.snapshot, file))) return false
    return true
  }
  const { description, weights } = selection
  return (
    (await arePulled([...description, ...weights])) && (await arePulled(await otherWeights(listed, selection, where)))
  )
}

/** Finds the commit of the name: the current one, or that of the last pull. */
async function findCommit(given: Pull): Promise<Listed> {
  const { name, where, hub, access, context } = given
  const { home, output } = context
  const revision = name.revision ?? defaultRevision
  const listedAs = async (commit: string): Promise<Listed | null> => {
    const snapshot = { repo: name.repo, commit, home }
    const files = await readListing(snapshot)
    return files && { snapshot, files }
  }
  const known = isCommit(revision) ? await listedAs(revision) : null
  if (known) return known
  try {
    const commit = await hub.resolve(name.repo, revision)
    return (await listedAs(commit)) ?? (await list({ repo: name.repo, commit, home }, hub))
  } catch (error) {
    if (!(error instanceof HubUnreachable)) throw error
    const commit = await readRef(name.repo, revision, home)
    const kept = commit === null ? null : await listedAs(commit)
    if (kept === null) throw error
    output.write(
      `${where}: the hub cannot be reached at ${access.endpoint} (${error.message}); ` +
        `using ${revision} as it was last pulled, commit ${kept.snapshot.commit.slice(0, 12)}\n`,
    )
    return kept
  }
}

async function list(snapshot: HubSnapshot, hub: Hub): Promise<Listed> {
  const files = await hub.list(snapshot.repo, snapshot.commit)
  await writeListing(snapshot, files)
  return { snapshot, files }
}

const silent = { write: () => true }
