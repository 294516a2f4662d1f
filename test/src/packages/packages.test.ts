import { existsSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repositoryFolder } from '../support/fixtures.js'
import { waitUntilGone } from '../support/processes.js'
import { runProgram } from '../support/run-program.js'
import { startTandemUp } from '../support/tandem-up.js'
import { installTarballs, packAll, runOrThrow } from './tarballs.js'

/** The packages as `npm run pack` writes them, outside of the repository. */

const names = ['proto', 'process', 'telemetry', 'models', 'services', 'gateway', 'evaluation', 'cli']
const stopLimitMs = 60_000

let folder: string
let tarballs: ReadonlyMap<string, string>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-packages-'))
  tarballs = await packAll(join(folder, 'tarballs'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const pathsOf = (wanted: readonly string[]) => wanted.map((name) => tarballs.get(name) ?? `no tarball of ${name}`)
const readRoot = (name: string) => readFileSync(join(repositoryFolder, name), 'utf8')
const root = JSON.parse(readRoot('package.json')) as Manifest

async function emptyFolder(name: string): Promise<string> {
  const path = join(folder, name)
  await mkdir(path)
  return path
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly private?: boolean
  readonly engines: object
  readonly bin?: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, { readonly types?: string; readonly default?: string }>>
}

test.each(names)('the tarball of %s has what its package.json names, the licence, and nothing else', async (name) => {
  const unpacked = await emptyFolder(name)
  await runOrThrow('tar', ['xzf', ...pathsOf([name])], unpacked)
  const files = (await runOrThrow('tar', ['tzf', ...pathsOf([name])], unpacked)).trim().split('\n')
  const own = join(unpacked, 'package')
  expect(files.filter((file) => /\.test\.|\/testing\/|\/src\/|\.map$|tsbuildinfo|(?<!\.d)\.ts$/.test(file))).toEqual([])
  expect(readFileSync(join(own, 'LICENSE'), 'utf8')).toBe(readRoot('LICENSE'))

  const manifest = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as Manifest
  const { version, license, engines } = root
  expect(manifest).toMatchObject({ name: `@tandem/${name}`, version, license, engines })
  expect(manifest.description).toMatch(/\.$/)
  expect(manifest.private).toBeUndefined()
  const targets = Object.values(manifest.exports).flatMap((entry) => [entry.types, entry.default])
  const named = [...Object.values(manifest.bin ?? {}), ...targets].filter((path) => path !== undefined)
  expect(named.filter((path) => !existsSync(join(own, path)))).toEqual([])
})

test('the packages of the gateway install without onnxruntime', async (context) => {
  const installed = await emptyFolder('only-gateway')
  const wanted = ['proto', 'process', 'telemetry', 'gateway']
  if (!(await installTarballs(installed, pathsOf(wanted)))) return context.skip('the registry cannot be reached')
  const tree = await runOrThrow('npm', ['ls', '--all', '--parseable'], installed)
  expect(tree).toContain('@tandem/gateway')
  expect(tree).not.toContain('onnxruntime')
  const { code, stderr } = await runProgram('npx', ['tandem-gateway'], { cwd: installed })
  expect(code).toBe(1)
  expect(stderr).toContain('TANDEM_SFT is not set')
})

test("all packages install into an empty folder, and tandem up answers the README's request", async (context) => {
  const installed = await emptyFolder('all')
  if (!(await installTarballs(installed, pathsOf(names)))) return context.skip('the registry cannot be reached')
  expect(await runOrThrow('npx', ['tandem', '--version'], installed)).toBe(`${root.version}\n`)
  // Without npx, which does not pass on a signal.
  const launch = { command: [join(installed, 'node_modules/.bin/tandem')], cwd: installed } as const
  const up = await startTandemUp([], {}, () => undefined, launch)
  const pids = up.children().map(({ pid }) => pid)
  try {
    const [, body = ''] =
      /\/v1\/chat\/completions -H 'content-type: application\/json' -d '(\{.*?\})'/s.exec(readRoot('README.md')) ?? []
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${up.url}/v1/chat/completions`, { method: 'POST', headers, body })
    expect(response.status).toBe(200)
    expect(JSON.stringify(await response.json())).toContain('Camping in a rain is no joke.')
  } finally {
    up.process.kill('SIGTERM')
  }
  expect(await waitUntilGone(pids, stopLimitMs)).toEqual([])
})
