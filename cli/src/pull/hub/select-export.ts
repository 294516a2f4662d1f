import {
  checkpointTextNames,
  chooseExport,
  describeExport,
  exportedGraphNames,
  isGraphPath,
  textFoldersOf,
} from '@tandem/models'
import type { HubFile } from '../../cache/hub-file.js'
import { formatHubName, type HubName } from '../../source-text/hub-name.js'
import { filesBelow, filesOfFolder, findNamed, folderOf, joinPath, listed, type Selection } from './repository-files.js'

/** The graph that a folder stands for, as on disk; null where it stands for something else. */
export function findGraph(files: readonly HubFile[], folder: string): string | null {
  const chosen = chooseExport(filesBelow(files, folder).keys())
  return chosen === null ? null : joinPath(folder, chosen)
}

/**
 * A graph and the text files that belong to it. Which files hold its weights is known when it is there.
 * @param path of the graph
 * @throws Error where the graph, or a config.json for it, is not in the repository
 */
export function selectExport(files: readonly HubFile[], path: string, where: string): Selection {
  const graph = findNamed(files, path, { name: '.onnx files', is: isGraphPath }, where)
  const folders = textFoldersOf(path).map((folder) => (folder === '.' ? '' : folder))
  const texts = folders.map((folder) => filesOfFolder(files, folder)).find((names) => names.has('config.json'))
  if (texts === undefined)
    throw new Error(
      `${where}: the repository has no config.json in ${folders.map((folder) => folder || 'its top folder').join(' or ')} for the graph ${path}. ` +
        'Download the graph and the files with its weights, put config.json and the tokenizer files of its model beside it, and give its path',
    )
  const description = checkpointTextNames.flatMap((name) => texts.get(name) ?? [])
  return { kind: 'export', path, description, weights: [graph], index: null }
}

/**
 * The files that hold the weights of a graph, which is pulled.
 * @param graph its path on disk
 * @throws Error where the graph cannot be served, or the repository lacks one of them
 */
export async function selectExternalFiles(
  files: readonly HubFile[],
  { path }: Selection,
  graph: string,
  where: string,
): Promise<HubFile[]> {
  const { externalBytes } = await describeExport(graph).catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`${where} cannot be used: ${message}`, { cause })
  })
  const beside = filesOfFolder(files, folderOf(path))
  return [...externalBytes].map(([name, neededBytes]) => {
    const file = beside.get(name)
    if (file && file.bytes >= neededBytes) return file
    const found = file ? `which ends after ${file.bytes} bytes, ${neededBytes} expected` : 'which the repository lacks'
    throw new Error(
      `${where}: ${path} keeps weights in ${joinPath(folderOf(path), name)}, ${found}; its upload is not whole. ` +
        'Name another graph, or another revision with an @ behind the name',
    )
  })
}

/** Says which graphs a folder has under names that are not looked for; null where it has none. */
export function describeOtherGraphs(files: readonly HubFile[], name: HubName): string | null {
  const graphs = [...filesBelow(files, name.path).keys()].filter(isGraphPath)
  const [first] = graphs
  // One by a name that is looked for was left for what stands beside it.
  if (first === undefined || chooseExport(graphs) !== null) return null
  const example = formatHubName({ ...name, path: joinPath(name.path, first) })
  const count = graphs.length === 1 ? 'an .onnx file' : `${graphs.length} .onnx files`
  return `holds ${count}: ${listed(graphs)}. Unnamed, ${exportedGraphNames.join(', ')} are looked for, there and in onnx. Name one, e.g. ${example}`
}
