import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readRevision } from './revision.js'
import { useFolder } from './testing/folder.js'

const folder = useFolder()
/** Without settings of the user, and without those of a hook that runs this test. */
const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
const git = (checkout: string, ...args: readonly string[]) =>
  execFileSync('git', ['-C', checkout, '-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { encoding: 'utf8', env })

/** Makes a folder a checkout whose first commit has some of its files. */
function makeCheckout(folder: string, files: string): void {
  git(folder, 'init', '-q')
  git(folder, 'add', files)
  git(folder, 'commit', '-q', '-m', 'one')
}

it('the revision is the commit of the checkout, and says if files differ from it', async () => {
  const checkout = join(folder(), 'own')
  const source = join(checkout, 'package/src')
  await mkdir(source, { recursive: true })
  await writeFile(join(source, 'a.js'), '1')
  makeCheckout(checkout, '.')
  const commit = git(checkout, 'rev-parse', 'HEAD').trim()
  expect(await readRevision(source)).toBe(commit)
  await writeFile(join(source, 'a.js'), '2')
  expect(await readRevision(source)).toBe(`${commit}-dirty`)
})

it('there is no revision for a package that is installed in a checkout of something else, and without one', async () => {
  const checkout = join(folder(), 'other')
  const installed = join(checkout, 'node_modules/tandem/dist')
  await mkdir(installed, { recursive: true })
  await writeFile(join(installed, 'a.js'), '1')
  expect(await readRevision(installed)).toBeNull()
  await writeFile(join(checkout, 'mine.txt'), '1')
  makeCheckout(checkout, 'mine.txt')
  expect(await readRevision(installed)).toBeNull()
})
