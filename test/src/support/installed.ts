import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findHome, withLock } from '@tandem/cli'
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
  const home = findHome()
  const folder = join(home.folder, 'clients', `${fixture}-${key}`)
  const whole = join(folder, 'whole')
  const signal = AbortSignal.timeout(2 * installLimitMs)
  // Test files that need the same run side by side.
  const lock = { folder: home.locks, name: `clients-${fixture}`, onWait: () => undefined, signal }
  return withLock(lock, async () => {
    if (existsSync(whole)) return { folder }
    await removeAll(home.folder, fixture)
    await mkdir(folder, { recursive: true })
    for (const file of files) await cp(join(source, file), join(folder, file))
    try {
      await fill(folder)
    } catch (error) {
      const [reason] = offline.exec(String(error)) ?? []
      if (reason === undefined) throw error
      return { missing: `no registry answers (${reason})` }
    }
    await writeFile(whole, '')
    return { folder }
  })
}

/** What is there of older pins, or was broken off. */
async function removeAll(home: string, fixture: string): Promise<void> {
  const clients = join(home, 'clients')
  const names = await readdir(clients).catch(() => [])
  const own = names.filter((name) => name.startsWith(`${fixture}-`))
  await Promise.all(own.map((name) => rm(join(clients, name), { recursive: true, force: true })))
}

/** @throws Error with the last of what it printed */
async function run(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await runProgram(command, args, { cwd, limitMs: installLimitMs })
  if (code === 0) return
  throw new Error(`"${command} ${args.join(' ')}" ended with ${code}: ${(stdout + stderr).slice(-2000)}`)
}
