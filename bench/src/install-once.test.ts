import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Installation, installOnce } from './install-once.js'
import { Unavailable } from './unavailable.js'

let home: string
let words: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'tandem-install-'))
  words = ''
})
afterEach(() => rm(home, { recursive: true, force: true }))

const install = (change: Partial<Installation> = {}, signal = new AbortController().signal) => {
  const folder = join(home, 'bench/thing')
  const isThere = async () => (await readFile(join(folder, 'version'), 'utf8').catch(() => '')) === '1'
  const fill = (place: string) => writeFile(join(place, 'version'), '1')
  return installOnce(
    { title: 'thing 1', folder, isThere, fill, ...change },
    { output: { write: (text) => (words += text) }, signal },
  )
}

it('installs on first use and replaces an old installation', async () => {
  await install({ fill: (place) => writeFile(join(place, 'version'), '0') })
  await install()
  expect(words.match(/Installing thing 1 into .*thing \.\.\./g)).toHaveLength(2)
  await install({ fill: () => Promise.reject(new Error('never')) })
  expect(await readFile(join(home, 'bench/thing/version'), 'utf8')).toBe('1')
})

it('leaves no files if it fails, and reports the reason', async () => {
  const failed = install({ fill: () => Promise.reject(new Error('no network\nat length')) })
  await expect(failed).rejects.toThrow(new Unavailable('thing 1 could not be installed: no network'))
  expect(await readdir(join(home, 'bench'))).toEqual([])
})

it('reports an abort as an abort', async () => {
  const controller = new AbortController()
  const fill = async () => {
    controller.abort(new Error('interrupted'))
    throw new Error('ended')
  }
  await expect(install({ fill }, controller.signal)).rejects.toThrow('interrupted')
})
