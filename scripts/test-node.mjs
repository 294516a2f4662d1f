/**
 * Runs the build and the suite under other versions of Node, which come from the npm packages
 * node-<platform>-<arch>.
 *
 * usage: npm run test:node -- [--short] VERSION ...      (24, 22.15.0, ...)
 *   --short   only start a stack, ask for one answer and stop it (scripts/smoke-test.mjs);
 *             needs a build
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parseArgs } from 'node:util'

const { values, positionals: versions } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
})
if (versions.length === 0) {
  console.error('name at least one version of Node: npm run test:node -- 24')
  process.exit(1)
}

const platform = process.platform === 'win32' ? 'win' : process.platform
const packageName = `node-${platform}-${process.arch}`
const command = values.short ? ['node', 'scripts/smoke-test.mjs'] : ['npm', 'test']

/** Kept between runs: `npm ci` empties node_modules. */
const home = process.env.TANDEM_HOME ?? join(tmpdir(), 'tandem')

/**
 * Installs a version of Node, unless it is there.
 * @returns the folder of its program; null if no registry has it for this machine
 */
function install(version) {
  const folder = join(home, 'clients/node', version)
  const binaries = join(folder, 'node_modules', packageName, 'bin')
  if (existsSync(binaries)) return binaries
  mkdirSync(folder, { recursive: true })
  const args = ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `${packageName}@${version}`]
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 'ignore', 'inherit'] })
  return status === 0 ? binaries : null
}

/** @throws Error if the program ends with another exit code than 0 */
function run(program, args, environment = process.env) {
  const { status, error } = spawnSync(program, args, { stdio: 'inherit', env: environment })
  if (error) throw error
  if (status !== 0) throw new Error(`${[program, ...args].join(' ')} ended with exit code ${status}`)
}

try {
  for (const version of versions) test(version)
} catch (error) {
  console.error(error.message)
  process.exit(1)
}

function test(version) {
  const binaries = install(version)
  if (binaries === null) {
    console.log(`NOT DONE: ${packageName}@${version} cannot be installed`)
    return
  }
  const environment = { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH}` }
  run('node', ['--version'], environment)
  run(command[0], command.slice(1), environment)
}
