import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { API } from 'typescript/unstable/sync'
import { z } from 'zod'
import { measureFile, type SourceMeasures } from './measure-file.js'

const rootSchema = z.object({ workspaces: z.array(z.string()) })

/** The comments of a file. */
export type Comments = Pick<SourceMeasures, 'path' | 'commentWidths'>

/**
 * Measures every source file of the workspaces. Tests, their helpers and generated files are left
 * out.
 * @param root the root folder of the repository
 * @throws Error if a workspace has no tsconfig.json
 */
export function readSources(root: string): SourceMeasures[] {
  const { workspaces } = rootSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  return withCompiler((api) =>
    workspaces.flatMap((workspace) => readProject(api, root, join(workspace, 'tsconfig.json'), isSource)),
  )
}

/**
 * Reads the comments of what `readSources` leaves out: of tests, their helpers and scripts.
 * Generated files are left out here too.
 * @throws Error if a tsconfig of the root folder is missing
 */
export const readOtherComments = (root: string): Comments[] =>
  withCompiler((api) =>
    ['tsconfig.test.json', 'tsconfig.scripts.json'].flatMap((config) =>
      readProject(api, root, config, (path) => !isSource(path) && !isGenerated(path)),
    ),
  )

/** Runs work with the parser of the compiler. Its API may change, so the release is pinned. */
function withCompiler<T>(work: (api: API) => T): T {
  const api = new API()
  try {
    return work(api)
  } finally {
    api.close()
  }
}

function readProject(api: API, root: string, name: string, isWanted: (path: string) => boolean): SourceMeasures[] {
  const config = join(root, name)
  const snapshot = api.updateSnapshot({ openProjects: [config] })
  const project = snapshot.getProject(config)
  if (!project) throw new Error(`${config} cannot be read: expected a file with the settings of the compiler`)
  return project.rootFiles
    .map((file) => ({ file, path: relative(root, file).replaceAll('\\', '/') }))
    .filter(({ path }) => isWanted(path))
    .map(({ file, path }) => {
      const tree = project.program.getSourceFile(file)
      if (!tree) throw new Error(`${path} is in ${config}, and the compiler has no syntax tree of it`)
      return measureFile(path, tree)
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/**
 * Returns whether a file is in a workspace, and is neither a test, a helper of tests, nor
 * generated.
 */
export const isSource = (path: string): boolean =>
  /^\w+\/src\//.test(path) && !path.startsWith('test/') && !/\.test\.ts$|\/testing\//.test(path) && !isGenerated(path)

const isGenerated = (path: string): boolean => path.includes('/generated/')
