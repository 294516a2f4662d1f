import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const toDataUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`

/** Writes each module that is loaded with `import` to the file. It runs in a thread of its own. */
const hooks = (file: string) => `
  import { appendFileSync } from 'node:fs'
  export const load = (url, context, next) => (appendFileSync(${file}, url + '\\n'), next(url, context))
`
/** Registers the hooks, and writes the modules of `require` when the process ends. */
const preload = (file: string) => `
  import { appendFileSync } from 'node:fs'
  import { createRequire, register } from 'node:module'
  import { pathToFileURL } from 'node:url'
  register(${JSON.stringify(toDataUrl(hooks(file)))})
  const { cache } = createRequire(${JSON.stringify(import.meta.url)})
  process.on('exit', () => {
    for (const path of Object.keys(cache)) appendFileSync(${file}, pathToFileURL(path) + '\\n')
  })
`

/**
 * Runs a program of Node and returns the modules that it loads.
 * @param args of node: the program and its own arguments
 * @returns the path of each file
 * @throws Error if the program does not end with code 0
 */
export async function loadedModules(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-modules-'))
  const list = join(folder, 'list')
  const all = ['--import', toDataUrl(preload(JSON.stringify(list))), ...args]
  try {
    await promisify(execFile)(process.execPath, all, { env: environment })
    const urls = (await readFile(list, 'utf8')).split('\n').filter((url) => url.startsWith('file:'))
    return [...new Set(urls.map((url) => fileURLToPath(url)))]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Returns those of the paths that are in one of the folders, `gateway/dist` or `node_modules/yaml`.
 */
export const pathsIn = (paths: readonly string[], ...folders: readonly string[]): readonly string[] =>
  paths.filter((path) => folders.some((folder) => path.includes(`/${folder}/`)))
