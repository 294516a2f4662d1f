/**
 * Builds the packages that are published and writes their tarballs.
 *
 * usage: npm run pack -- [--out FOLDER]      (default: dist-packages)
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const root = join(import.meta.dirname, '..')
/** Each after those that it depends on. */
const workspaces = ['proto', 'process', 'telemetry', 'models', 'services', 'gateway', 'evaluation', 'cli']
const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist-packages') } } })
const out = resolve(values.out)

run('npx', ['tsc', '-b', ...workspaces])
for (const workspace of workspaces) {
  removeStale(join(root, workspace))
  // Each package needs the licence; npm follows no links.
  copyFileSync(join(root, 'LICENSE'), join(root, workspace, 'LICENSE'))
}
rmSync(out, { recursive: true, force: true })
mkdirSync(out, { recursive: true })
run('npm', ['pack', '--silent', '--pack-destination', out, ...workspaces.flatMap((name) => ['-w', name])])

/** Removes outputs whose source was renamed or deleted: the compiler leaves them. */
function removeStale(folder) {
  const dist = join(folder, 'dist')
  for (const name of readdirSync(dist, { recursive: true })) {
    const source = name.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts')
    if (source !== name && !existsSync(join(folder, 'src', source))) rmSync(join(dist, name))
  }
}

/** Runs a program in the repository; ends with its exit code if it fails. */
function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
