/**
 * Runs the build and the suite under other versions of Node, which come from the npm packages node-<platform>-<arch>.
 *
 * usage: npm run test:node -- [--short] VERSION ...      (24, 22.15.0, ...)
 *   --short   only start a stack, ask for one answer and stop it (scripts/smoke-test.mjs); needs a build
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
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

/** Installs a version of Node below node_modules, unless it is there. @returns the folder of its program */
function install(version) {
  const folder = join(import.meta.dirname, '../node_modules/.cache/node-versions', version)
  const binaries = join(folder, 'node_modules', packageName, 'bin')
  if (!existsSync(binaries)) {
    mkdirSync(folder, { recursive: true })
    run('npm', ['install', '--prefix', folder, '--no-save', '--no-audit', '--no-fund', `${packageName}@${version}`])
  }
  return binaries
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
  const environment = { ...process.env, PATH: `${install(version)}${delimiter}${process.env.PATH}` }
  run('node', ['--version'], environment)
  run(command[0], command.slice(1), environment)
}
