import { posix } from 'node:path'
import type { SourceMeasures } from './measure-file.js'

/** One import between two files of the repository, both as paths from its root. */
export interface FileImport {
  readonly from: string
  readonly to: string
}

/**
 * Returns the imports between measured files: relative ones, of `.js` names as TypeScript writes
 * them.
 */
export function fileImports(sources: readonly Pick<SourceMeasures, 'path' | 'imports'>[]): FileImport[] {
  const paths = new Set(sources.map(({ path }) => path))
  return sources.flatMap(({ path, imports }) =>
    imports
      .filter((name) => name.startsWith('.'))
      .map((name) => posix.join(posix.dirname(path), name).replace(/\.js$/, '.ts'))
      .filter((to) => paths.has(to))
      .map((to) => ({ from: path, to })),
  )
}

/** A circle of imports, each member of which reaches all others. */
export interface ImportCycle {
  /** The folder that holds the members; for files, the root. */
  readonly folder: string
  readonly members: readonly string[]
  /** One import between two members for each pair that has any. */
  readonly examples: readonly FileImport[]
}

/** Finds the circular imports between files. */
export const fileCycles = (imports: readonly FileImport[]): ImportCycle[] => cyclesOf('', imports, (path) => path)

/**
 * Finds the circular imports between folders. The entries of each folder, both files and
 * subfolders, must have an order: no entry may import one that imports it back through others.
 */
export function folderCycles(imports: readonly FileImport[]): ImportCycle[] {
  const byFolder = new Map<string, FileImport[]>()
  for (const edge of imports) {
    const folder = commonFolder(edge)
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), edge])
  }
  return [...byFolder].flatMap(([folder, edges]) => cyclesOf(folder, edges, (path) => entryOf(folder, path)))
}

/** Returns the deepest folder that holds both files. */
function commonFolder({ from, to }: FileImport): string {
  const [a, b] = [from, to].map((path) => path.split('/').slice(0, -1)) as [string[], string[]]
  const length = a.findIndex((part, i) => part !== b[i])
  return a.slice(0, length < 0 ? a.length : length).join('/')
}

/** Returns the entry of a folder that is or holds the file. */
const entryOf = (folder: string, path: string): string =>
  folder === '' ? (path.split('/')[0] ?? path) : `${folder}/${path.slice(folder.length + 1).split('/')[0]}`

function cyclesOf(folder: string, imports: readonly FileImport[], nodeOf: (path: string) => string): ImportCycle[] {
  const edges = imports
    .map((example) => ({ from: nodeOf(example.from), to: nodeOf(example.to), example }))
    .filter(({ from, to }) => from !== to)
  const targets = new Map<string, string[]>()
  for (const { from, to } of edges) targets.set(from, [...(targets.get(from) ?? []), to])
  return strongComponents(targets).map((members) => {
    const pairs = new Map<string, FileImport>()
    for (const { from, to, example } of edges)
      if (members.includes(from) && members.includes(to)) pairs.set(`${from} ${to}`, example)
    return { folder, members: members.toSorted(), examples: [...pairs.values()] }
  })
}

/** Tarjan's algorithm: the strongly connected components with more than one member. */
function strongComponents(targets: ReadonlyMap<string, readonly string[]>): string[][] {
  const components: string[][] = []
  const numbers = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const visit = (node: string): void => {
    numbers.set(node, numbers.size)
    lowest.set(node, numbers.size - 1)
    stack.push(node)
    for (const target of targets.get(node) ?? []) {
      if (!numbers.has(target)) visit(target)
      else if (!stack.includes(target)) continue
      lowest.set(node, Math.min(lowest.get(node) ?? 0, lowest.get(target) ?? 0))
    }
    if (lowest.get(node) !== numbers.get(node)) return
    const component = stack.splice(stack.indexOf(node))
    if (component.length > 1) components.push(component)
  }
  for (const node of targets.keys()) if (!numbers.has(node)) visit(node)
  return components
}
