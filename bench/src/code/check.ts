import { fileCycles, fileImports, folderCycles, type ImportCycle } from './import-graph.js'
import { forbiddenImports, restrictedPackages, workspaceImports } from './layers.js'
import type { SourceMeasures } from './measure-file.js'
import type { Comments } from './read-sources.js'

const commentColumns = 100

/** The measures of a file that the rules read. */
export type CheckedSource = Pick<SourceMeasures, 'path' | 'imports' | 'commentWidths'>

/**
 * Returns a line for everything that breaks a rule: wide comments, circular imports, imports
 * against the layers.
 * @param others files whose imports are not checked, only their comments
 */
export function findProblems(sources: readonly CheckedSource[], others: readonly Comments[] = []): string[] {
  const imports = fileImports(sources)
  return [
    ...[...sources, ...others].flatMap(wideComments),
    ...fileCycles(imports).map((cycle) => describeCycle('files', cycle)),
    ...folderCycles(imports).map((cycle) => describeCycle('folders', cycle)),
    ...imports.flatMap(({ from, to }) =>
      forbiddenImports
        .filter((rule) => isBelow(from, rule.from) && rule.to.some((part) => isBelow(to, part)))
        .map((rule) => `${from} imports ${to}: ${rule.from} must not import ${rule.to.join(', ')}`),
    ),
    ...sources.flatMap(packageProblems),
  ]
}

const wideComments = ({ path, commentWidths }: Comments): string[] =>
  [...commentWidths]
    .filter(([, width]) => width > commentColumns)
    .map(([line, width]) => `${path}:${line} is a comment of ${width} columns: expected at most ${commentColumns}`)

/** Describes a circle of imports in one line. */
export const describeCycle = (kind: 'files' | 'folders', { members, examples }: ImportCycle): string =>
  `${kind} import each other: ${members.join(', ')} (${examples.map(({ from, to }) => `${from} -> ${to}`).join('; ')})`

function packageProblems({ path, imports }: CheckedSource): string[] {
  const workspace = path.split('/')[0] ?? ''
  const allowed = workspaceImports[workspace]
  if (!allowed) return [`${path}: the workspace ${workspace} has no row in bench/src/code/layers.ts`]
  return imports.flatMap((name) => {
    const other = /^@tandem\/([^/]+)/.exec(name)?.[1]
    if (other !== undefined && other !== workspace && !allowed.includes(other))
      return [`${path} imports ${name}: ${workspace} may import ${allowed.join(', ') || 'no other workspace'}`]
    const restriction = restrictedPackages.find((rule) => name === rule.name || name.startsWith(`${rule.name}/`))
    if (!restriction || restriction.onlyFrom.some((part) => isBelow(path, part))) return []
    return [`${path} imports ${name}: only ${restriction.onlyFrom.join(', ')} may`]
  })
}

const isBelow = (path: string, part: string): boolean => path === part || path.startsWith(`${part}/`)
