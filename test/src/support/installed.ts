import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findHome, withLock } from '@tandem/cli'
import { fixturesFolder } from './fixtures.js'
import { runProgram } from './run-program.js'

/**
 * Installs clients that are not dependencies of this repository, once, with pinned versions, into
 * the user's cache.
 */

/** The folder of an installation, or the reason why it is missing. */
export type Installed = { readonly folder: string } | { readonly missing: string }

const installLimitMs = 240_000
const lockLimitMs = 1_800_000
/** Errors of pip, uv and npm without a registry. */
export const offline =
  /connection broken|failed to establish|could not fetch|name resolution|error sending request|dns error|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT/i

/** Installs npm packages from a `package.json` and its lock below `test/fixtures`. */
export const installNode = (fixture: string): Promise<Installed> =>
  install(fixture, ['package.json', 'package-lock.json'], '', (folder) =>
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder),
  )

/**
 * Creates a virtual environment from a `requirements.txt` below `test/fixtures`. Its program is
 * `venv/bin/python`.
 */
export async function installPython(
  fixture: string,
  minimum: readonly [number, number],
  limitMs = installLimitMs,
): Promise<Installed> {
  const version = await runProgram('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])
  const [major = 0, minor = 0] = version.stdout.trim().split('.').map(Number)
  if (major * 1000 + minor < minimum[0] * 1000 + minimum[1])
    return { missing: `python3 is ${version.stdout.trim() || 'missing'}: the clients need ${minimum.join('.')}` }
  const hasUv = (await runProgram('uv', ['--version'])).code === 0
  const requirements = ['--only-binary', ':all:', '--requirement', 'requirements.txt']
  return install(fixture, ['requirements.txt'], version.stdout, async (folder) => {
    if (hasUv) {
      await run('uv', ['venv', '--python', 'python3', 'venv'], folder)
      return run('uv', ['pip', 'install', '--python', 'venv/bin/python', ...requirements], folder, limitMs)
    }
    await run('python3', ['-m', 'venv', 'venv'], folder)
    const pip = ['-m', 'pip', 'install', '--disable-pip-version-check']
    return run('venv/bin/python', [...pip, ...requirements], folder, limitMs)
  })
}

/** Finds a virtual environment that `installPython` has made. It installs nothing. */
export async function findInstalledPython(fixture: string): Promise<Installed> {
  const version = await runProgram('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])
  const { folder } = await placeOf(fixture, ['requirements.txt'], version.stdout)
  if (existsSync(join(folder, 'whole'))) return { folder }
  return { missing: `the packages of test/fixtures/${fixture} are not installed: run "npm run clients -w test"` }
}

async function install(
  fixture: string,
  files: readonly string[],
  platform: string,
  fill: (folder: string) => Promise<void>,
): Promise<Installed> {
  const { source, folder } = await placeOf(fixture, files, platform)
  const home = findHome()
  const whole = join(folder, 'whole')
  const signal = AbortSignal.timeout(lockLimitMs)
  // Several test files can need the same installation at once.
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
      return { missing: `the registry cannot be reached (${reason})` }
    }
    await writeFile(whole, '')
    return { folder }
  })
}

/** The folder of the fixture, and of its installation: another one for other versions. */
async function placeOf(fixture: string, files: readonly string[], platform: string) {
  const source = join(fixturesFolder, fixture)
  const contents = await Promise.all(files.map((file) => readFile(join(source, file), 'utf8')))
  const key = createHash('sha256')
    .update(JSON.stringify([platform, ...contents]))
    .digest('hex')
    .slice(0, 16)
  return { source, folder: join(findHome().folder, 'clients', `${fixture}-${key}`) }
}

/** Removes installations of older versions and incomplete ones. */
async function removeAll(home: string, fixture: string): Promise<void> {
  const clients = join(home, 'clients')
  const names = await readdir(clients).catch(() => [])
  const own = names.filter((name) => name.startsWith(`${fixture}-`))
  await Promise.all(own.map((name) => rm(join(clients, name), { recursive: true, force: true })))
}

/**
 * Runs a program.
 * @throws Error with the end of its output
 */
async function run(command: string, args: readonly string[], cwd: string, limitMs = installLimitMs): Promise<void> {
  const { code, stdout, stderr } = await runProgram(command, args, { cwd, limitMs })
  if (code === 0) return
  throw new Error(`"${command} ${args.join(' ')}" ended with ${code}: ${(stdout + stderr).slice(-2000)}`)
}
