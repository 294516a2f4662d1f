import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { API } from 'typescript/unstable/sync'
import { z } from 'zod'
import { measureFile, type SourceMeasures } from './measure-file.js'

const rootSchema = z.object({ workspaces: z.array(z.string()) })

/**
 * Measures every source file of the workspaces. Tests, their helpers and generated files are left
 * out.
 * @param root the root folder of the repository
 * @throws Error if a workspace has no tsconfig.json
 */
export function readSources(root: string): SourceMeasures[] {
  const { workspaces } = rootSchema.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  // The parser of the compiler itself. Its API may change with a release, and the release is
  // pinned.
  const api = new API()
  try {
    return workspaces.flatMap((workspace) => readWorkspace(api, root, workspace))
  } finally {
    api.close()
  }
}

function readWorkspace(api: API, root: string, workspace: string): SourceMeasures[] {
  const config = join(root, workspace, 'tsconfig.json')
  const snapshot = api.updateSnapshot({ openProjects: [config] })
  const project = snapshot.getProject(config)
  if (!project) throw new Error(`${config} cannot be read: expected a tsconfig.json in each workspace`)
  return project.rootFiles
    .map((file) => ({ file, path: relative(root, file).replaceAll('\\', '/') }))
    .filter(({ path }) => isSource(path))
    .map(({ file, path }) => {
      const tree = project.program.getSourceFile(file)
      if (!tree) throw new Error(`${path} is in ${config}, and the compiler has no syntax tree of it`)
      return measureFile(path, tree)
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

/** Returns whether a file is neither a test, a helper of tests, nor generated. */
export const isSource = (path: string): boolean =>
  !path.startsWith('test/') && !/\.test\.ts$|\/testing\/|\/generated\//.test(path)
