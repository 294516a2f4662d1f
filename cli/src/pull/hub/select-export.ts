import {
  checkpointTextNames,
  chooseExport,
  describeExport,
  exportedGraphNames,
  isGraphPath,
  textFoldersOf,
} from '@tandem/models'
import { messageOf } from '@tandem/process'
import type { HubFile } from '../../cache/hub-file.js'
import { formatHubName, type HubName } from '../../source-text/hub-name.js'
import { filesBelow, filesOfFolder, findNamed, folderOf, joinPath, listed, type Selection } from './repository-files.js'

/** Returns the graph that a folder stands for, by the same rule as on disk; null without one. */
export function findGraph(files: readonly HubFile[], folder: string): string | null {
  const chosen = chooseExport(filesBelow(files, folder).keys())
  return chosen === null ? null : joinPath(folder, chosen)
}

/**
 * Selects a graph and its text files. The graph itself names the files of its weights, so they
 * follow after its download.
 * @param path the path of the graph
 * @throws Error if the repository lacks the graph or a config.json for it
 */
export function selectExport(files: readonly HubFile[], path: string, where: string): Selection {
  const graph = findNamed(files, path, { name: '.onnx files', is: isGraphPath }, where)
  const folders = textFoldersOf(path).map((folder) => (folder === '.' ? '' : folder))
  const texts = folders.map((folder) => filesOfFolder(files, folder)).find((names) => names.has('config.json'))
  if (texts === undefined)
    throw new Error(
      `${where}: the repository has no config.json in ` +
        `${folders.map((folder) => folder || 'its top folder').join(' or ')} ` +
        `for the graph ${path}. Download the graph and the files of its weights, ` +
        'put config.json and the tokenizer files of its model into the same folder, and give its path',
    )
  const description = checkpointTextNames.flatMap((name) => texts.get(name) ?? [])
  return { kind: 'export', path, description, weights: [graph], index: null }
}

/**
 * Selects the files with the weights of a downloaded graph.
 * @param graph the graph's path on disk
 * @throws Error if the graph cannot be served, or the repository lacks one of the files
 */
export async function selectExternalFiles(
  files: readonly HubFile[],
  { path }: Selection,
  graph: string,
  where: string,
): Promise<HubFile[]> {
  const { externalBytes } = await describeExport(graph).catch((cause: unknown) => {
    const message = messageOf(cause)
    throw new Error(`${where} cannot be used: ${message}`, { cause })
  })
  const inFolder = filesOfFolder(files, folderOf(path))
  return [...externalBytes].map(([name, neededBytes]) => {
    const file = inFolder.get(name)
    if (file && file.bytes >= neededBytes) return file
    const found = file
      ? `which has ${file.bytes} bytes, expected at least ${neededBytes}`
      : 'which the repository lacks'
    throw new Error(
      `${where}: ${path} has weights in ${joinPath(folderOf(path), name)}, ${found}: the upload is incomplete. ` +
        'Name another graph, or another revision after an @',
    )
  })
}

/** Describes the graphs of a folder with names that are not searched for; null without one. */
export function describeOtherGraphs(files: readonly HubFile[], name: HubName): string | null {
  const graphs = [...filesBelow(files, name.path).keys()].filter(isGraphPath)
  const [first] = graphs
  // A graph with a known name was left because of another file in the folder.
  if (first === undefined || chooseExport(graphs) !== null) return null
  const example = formatHubName({ ...name, path: joinPath(name.path, first) })
  const count = graphs.length === 1 ? 'an .onnx file' : `${graphs.length} .onnx files`
  return (
    `has ${count}: ${listed(graphs)}. ` +
    `Without a name, only ${exportedGraphNames.join(', ')} are searched, there and in onnx. ` +
    `Name one, e.g. ${example}`
  )
}
