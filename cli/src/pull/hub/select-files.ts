import {
  adapterConfigName,
  adapterTextNames,
  adapterWeightsName,
  checkpointIndexName,
  checkpointTextNames,
  checkpointWeightsName,
  isGraphPath,
  refuseOtherAdapterTokenizers,
  refuseOtherTokenizers,
} from '@tandem/models'
import type { HubFile } from '../../cache/hub-file.js'
import { formatHubName, type HubName } from '../../source-text/hub-name.js'
import { filesOfFolder, findNamed, folderOf, joinPath, listed, type Selection } from './repository-files.js'
import { describeOtherGraphs, findGraph, selectExport } from './select-export.js'

const expected =
  'expected config.json, tokenizer.json and safetensors or an exported model.onnx, ' +
  'a LoRA adapter (adapter_config.json and adapter_model.safetensors), or a .gguf file'

/**
 * Selects the files of a commit that make up a model.
 * @param where the model in messages
 * @throws Error saying what the repository has and what to do
 */
export function selectFiles(files: readonly HubFile[], name: HubName, where: string): Selection {
  if (isGguf(name.path)) return selectGguf(files, name.path, where)
  if (isGraphPath(name.path)) return selectExport(files, name.path, where)
  const inFolder = filesOfFolder(files, name.path)
  const names = new Set(inFolder.keys())
  const has = (file: string) => names.has(file)
  const hasWeights = has(checkpointWeightsName) || has(checkpointIndexName)
  const isAdapter = has(adapterConfigName) && has(adapterWeightsName)
  const isCheckpoint = has('config.json') && hasWeights
  if (isAdapter && isCheckpoint)
    throw new Error(
      `${where} has both a full model (config.json with ` +
        `${has(checkpointWeightsName) ? checkpointWeightsName : checkpointIndexName}) ` +
        `and an adapter (${adapterConfigName} with ${adapterWeightsName}). ` +
        'Download the one that you want, and give its folder',
    )
  const pick = (wanted: readonly string[]) => wanted.flatMap((file) => inFolder.get(file) ?? [])
  if (isAdapter) {
    refuseOtherAdapterTokenizers(where, names)
    return {
      kind: 'adapter',
      path: name.path,
      description: pick([adapterConfigName, ...adapterTextNames]),
      weights: pick([adapterWeightsName]),
      index: null,
    }
  }
  if (isCheckpoint) {
    refuseOtherTokenizers(where, names)
    const index = has(checkpointWeightsName) ? null : (inFolder.get(checkpointIndexName) ?? null)
    return {
      kind: 'checkpoint',
      path: name.path,
      description: [...pick(checkpointTextNames), ...(index ? [index] : [])],
      weights: index ? [] : pick([checkpointWeightsName]),
      index,
    }
  }
  const graph = findGraph(files, name.path)
  if (graph !== null) return selectExport(files, graph, where)
  const [gguf, ...others] = [...names].filter(isGguf)
  if (gguf !== undefined && others.length === 0) return selectGguf(files, joinPath(name.path, gguf), where)
  throw new Error(`${where} ${describeFolder(files, names, name)}`)
}

/**
 * Selects the shards of a checkpoint.
 * @throws Error naming a shard of the index that the repository lacks
 */
export function selectShards(
  files: readonly HubFile[],
  shards: readonly string[],
  { path, index }: Selection,
  where: string,
): HubFile[] {
  const inFolder = filesOfFolder(files, path)
  return shards.map((shard) => {
    const file = inFolder.get(shard)
    if (file) return file
    throw new Error(
      `${where}: ${index?.path} names the file ${shard}, which the repository lacks: the upload is incomplete. ` +
        'Name another revision after an @',
    )
  })
}

function selectGguf(files: readonly HubFile[], path: string, where: string): Selection {
  const file = findNamed(files, path, { name: 'GGUF files', is: isGguf }, where)
  return { kind: 'gguf', path, description: [], weights: [file], index: null }
}

/** Describes why a folder has no model. */
function describeFolder(files: readonly HubFile[], names: ReadonlySet<string>, name: HubName): string {
  const gguf = [...names].filter(isGguf)
  if (gguf.length > 1) {
    const example = formatHubName({ ...name, path: joinPath(name.path, gguf[0] ?? '') })
    return `has ${gguf.length} GGUF files: ${listed(gguf)}. Name one, e.g. ${example}`
  }
  const graphs = describeOtherGraphs(files, name)
  if (graphs !== null) return graphs
  const pickles = [...names].filter((one) => /\.(bin|pt|pth|ckpt)$/.test(one) && one !== 'training_args.bin')
  if (pickles.length > 0)
    return (
      `has its weights only as pickles: ${listed(pickles)}. ` +
      'A pickle can run code when it is loaded, so Tandem reads only safetensors. ' +
      'Some repositories have them in another revision, e.g. @refs/pr/1. ' +
      'If you trust the model, convert it: from_pretrained(...).save_pretrained(...)'
    )
  const below = folders(files).filter((folder) => folder !== name.path && isModelFolder(filesOfFolder(files, folder)))
  const hint = below.length === 0 ? '' : `. These folders have models: ${listed(below)}. Name one after the repository`
  const place = name.path === '' ? 'has' : 'is a folder that has'
  return `${place} no model: ${expected}; found ${names.size === 0 ? 'no file' : listed([...names])}${hint}`
}

const isModelFolder = (names: ReadonlyMap<string, HubFile>) =>
  names.has('config.json') || names.has(adapterConfigName) || [...names.keys()].some(isGguf)

const folders = (files: readonly HubFile[]) => [...new Set(files.map(({ path }) => folderOf(path)))]
const isGguf = (path: string) => /\.gguf$/i.test(path)
