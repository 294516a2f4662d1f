import { builderVersion } from '@tandem/models'
import { catalog } from '@tandem/models/catalog'
import {
  builderOf,
  type CachedFile,
  type CachedModel,
  type CachedState,
  readCachedModels,
  readCachedWeights,
} from '../cache/read-cache.js'
import { type CachedCommit, readCachedCommits } from '../cache/read-hub.js'
import type { Context } from '../context.js'
import type { Home } from '../home.js'
import { weightsPath } from '../pull/pull-weights.js'
import { explainDiskErrors } from '../util/disk-error.js'
import { sumBytes } from '../util/sum-bytes.js'
import { formatTable, megabytes } from '../util/table.js'

/** The options of `tandem models`. */
export interface ModelsOptions {
  readonly json?: boolean | undefined
}

/**
 * `tandem models`: prints the pairs of the catalog and the content of the cache. Changes nothing.
 */
export async function models({ json }: ModelsOptions, { home, answers }: Context): Promise<void> {
  const inventory = await explainDiskErrors(home.folder, 'TANDEM_HOME', () => readInventory(home))
  const pairs = catalog.map((pair) => {
    const path = weightsPath(pair, home)
    const isPulled = inventory.weights.some((file) => file.path === path && file.bytes === pair.sft.bytes)
    const { bytes, licence, requirement } = pair.sft
    const { name, title, precision } = pair
    return { name, title, precision, bytes, licence, requirement, pulled: isPulled ? path : null }
  })
  answers.write(json ? toJson(pairs, inventory) : toText(pairs, inventory))
}

const readInventory = async (home: Home): Promise<Inventory> => ({
  folder: home.folder,
  weights: await readCachedWeights(home),
  hub: await readCachedCommits(home),
  models: await readCachedModels(home),
})

interface Inventory {
  readonly folder: string
  readonly weights: readonly CachedFile[]
  readonly hub: readonly CachedCommit[]
  readonly models: readonly CachedModel[]
}

interface Pair {
  readonly name: string
  readonly title: string
  readonly precision: string
  /** Size of the weights. */
  readonly bytes: number
  readonly licence: string
  readonly requirement: string
  /** Path of the weights; null if they are not pulled yet. */
  readonly pulled: string | null
}

function toJson(pairs: readonly Pair[], { folder, weights, hub, models: built }: Inventory): string {
  const described = built.map(({ path, bytes, state, manifest }) => ({
    path,
    bytes,
    state,
    mayBeDeleted: mayBeDeleted(state),
    model: manifest && {
      id: manifest.modelId,
      precision: manifest.precision,
      adapter: manifest.adapter && { name: manifest.adapter.name, scale: manifest.adapter.scale },
      architecture: manifest.architecture,
      head: manifest.head,
      builder: builderOf(manifest),
      version: manifest.version,
    },
  }))
  const pulled = hub.map(({ files, ...commit }) => ({
    ...commit,
    files: files.map(({ file }) => file.path),
    mayBeDeleted: isUnnamed(commit),
  }))
  const cache = { folder, weights, hub: pulled, models: described }
  return `${JSON.stringify({ builder: builderVersion, catalog: pairs, cache }, null, 2)}\n`
}

function toText(pairs: readonly Pair[], { folder, weights, hub, models: built }: Inventory): string {
  const all = [...weights, ...hub, ...built]
  const old = built.filter(({ state }) => mayBeDeleted(state))
  return [
    'Catalog (tandem up --pair NAME; tandem pull NAME):\n',
    formatTable(pairs.map(pairRow)),
    `\nCache ${folder}, ${megabytes(sumBytes(all))}:\n`,
    all.length === 0
      ? '  empty ("tandem up" fills it)\n'
      : formatTable([...weights.map(fileRow), ...hub.map(commitRow), ...built.map(modelRow)]),
    old.length === 0 ? '' : `\nThis version does not read these. Deleting them frees ${megabytes(sumBytes(old))}:\n`,
    ...old.map(({ path }) => `  ${path}\n`),
  ].join('')
}

const pairRow = ({ name, title, bytes, licence, pulled }: Pair) => [
  `  ${name}`,
  megabytes(bytes),
  licence,
  pulled === null ? 'not pulled' : 'pulled',
  title,
]
const fileRow = ({ path, bytes }: CachedFile) => ['  weights', megabytes(bytes), '', '', path]
const commitRow = (commit: CachedCommit) => ['  hub', megabytes(commit.bytes), '', describeCommit(commit), commit.path]

function describeCommit({ repo, unfinishedBytes, revisions }: CachedCommit): string {
  if (unfinishedBytes > 0) return `hf:${repo}, unfinished: ${megabytes(unfinishedBytes)}`
  if (revisions.length === 0) return `hf:${repo}, no branch or tag names it: may be deleted`
  return `hf:${repo}@${revisions.join(', @')}`
}

/** Whether no branch or tag names it. An unfinished pull may still be running. */
const isUnnamed = ({ revisions, unfinishedBytes }: Pick<CachedCommit, 'revisions' | 'unfinishedBytes'>) =>
  revisions.length === 0 && unfinishedBytes === 0

const modelRow = ({ path, bytes, state, manifest }: CachedModel) => [
  '  model',
  megabytes(bytes),
  [manifest?.precision, ...describeScale(manifest)].join(', '),
  manifest && state === 'other-builder' ? `builder ${builderOf(manifest)}, now ${builderVersion}` : state,
  path,
]

/** Tells builds of one adapter apart. */
const describeScale = (manifest: CachedModel['manifest']) =>
  manifest?.adapter && manifest.adapter.scale !== 1 ? [`adapter at ${manifest.adapter.scale}`] : []

/** Whether a folder may be deleted. An unfinished one may belong to a running build. */
const mayBeDeleted = (state: CachedState) => state === 'other-builder' || state === 'unreadable'
