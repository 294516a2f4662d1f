import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { findHome } from '@tandem/cli'
import { fixturesFolder } from './fixtures.js'
import { runProgram } from './run-program.js'

/** Clients that are no dependencies of this repository: installed from their pins once, and kept in the user's cache. */

/** A folder that holds what was asked for, or why it cannot be had here. */
export type Installed = { readonly folder: string } | { readonly missing: string }

const installLimitMs = 240_000
/** Of pip, uv and npm, where no registry answers. */
const offline =
  /connection broken|failed to establish|could not fetch|name resolution|error sending request|dns error|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT/i

/** npm packages by a `package.json` and its lock below `test/fixtures`. */
export const installNode = (fixture: string): Promise<Installed> =>
  install(fixture, ['package.json', 'package-lock.json'], '', (folder) =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder),
  )

/** A virtual environment by a `requirements.txt` below `test/fixtures`; its program is `venv/bin/python`. */
export async function installPython(fixture: string, least: readonly [number, number]): Promise<Installed> {
  const version = await runProgram('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])
  const [major = 0, minor = 0] = version.stdout.trim().split('.').map(Number)
  if (major * 1000 + minor < least[0] * 1000 + least[1])
    return { missing: `python3 is ${version.stdout.trim() || 'not there'}, and the clients need ${least.join('.')}` }
  const hasUv = (await runProgram('uv', ['--version'])).code === 0
  const requirements = ['--only-binary', ':all:', '--requirement', 'requirements.txt']
  return install(fixture, ['requirements.txt'], version.stdout, async (folder) => {
    if (hasUv) {
      await run('uv', ['venv', '--python', 'python3', 'venv'], folder)
      return run('uv', ['pip', 'install', '--python', 'venv/bin/python', ...requirements], folder)
    }
    await run('python3', ['-m', 'venv', 'venv'], folder)
    return run('venv/bin/python', ['-m', 'pip', 'install', '--disable-pip-version-check', ...requirements], folder)
  })
}

async function install(
  fixture: string,
  files: readonly string[],
  platform: string,
  fill: (folder: string) => Promise<void>,
): Promise<Installed> {
  const source = join(fixturesFolder, fixture)
  const contents = await Promise.all(files.map((file) => readFile(join(source, file), 'utf8')))
  const key = createHash('sha256')
    .update(JSON.stringify([platform, ...contents]))
    .digest('hex')
    .slice(0, 16)
  const clients = join(findHome().folder, 'clients')
  const folder = join(clients, `${fixture}-${key}`)
  if (existsSync(folder)) return { folder }
  // Moved to its name when it is whole: what was broken off is never found under it.
  const unfinished = join(clients, `.${fixture}-${key}-${process.pid}`)
  await mkdir(unfinished, { recursive: true })
  try {
    for (const file of files) await cp(join(source, file), join(unfinished, file))
    await fill(unfinished)
    await rename(unfinished, folder).catch((error: NodeJS.ErrnoException) => {
      // Another process was faster.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    })
    await removeOthers(clients, fixture, key)
    return { folder }
  } catch (error) {
    if (error instanceof Error && offline.test(error.message)) return { missing: error.message }
    throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** Of older pins. */
async function removeOthers(clients: string, fixture: string, key: string): Promise<void> {
  const names = (await readdir(clients)).filter((name) => name.startsWith(`${fixture}-`) && !name.endsWith(key))
  await Promise.all(names.map((name) => rm(join(clients, name), { recursive: true, force: true })))
}

/** @throws Error with the last of what it printed */
async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await runProgram(command, args, { cwd, limitMs: installLimitMs })
  if (code === 0) return
  throw new Error(`"${command} ${args.join(' ')}" ended with ${code}: ${(stdout + stderr).slice(-2000)}`)
}
