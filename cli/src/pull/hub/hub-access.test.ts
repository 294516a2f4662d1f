import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readHubAccess } from './hub-access.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-access-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function writeToken(...parts: string[]) {
  const path = join(folder, ...parts)
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, `${parts[0]}\n`)
  return path
}

describe('readHubAccess', () => {
  it('uses the public hub without a token if nothing is set', async () => {
    const access = { endpoint: 'https://huggingface.co', token: null, tokenFrom: null, offlineBy: null }
    expect(await readHubAccess({}, folder)).toEqual(access)
    expect(await readHubAccess({ HF_ENDPOINT: '', HF_TOKEN: ' ' }, folder)).toEqual(access)
    expect(await readHubAccess({ HF_ENDPOINT: 'https://mirror/hub/' }, folder)).toMatchObject({
      endpoint: 'https://mirror/hub',
    })
  })

  it('finds the token in this order: variable, named file, HF_HOME, user folder', async () => {
    const user = await writeToken('.cache', 'huggingface', 'token')
    const cache = await writeToken('cache', 'huggingface', 'token')
    const home = await writeToken('home', 'token')
    const named = await writeToken('named')
    const environment: NodeJS.ProcessEnv = {}
    const tokenOf = async (name: string, value: string) => {
      environment[name] = value
      const { token, tokenFrom } = await readHubAccess(environment, folder)
      return { token, tokenFrom }
    }
    expect(await tokenOf('X', '')).toEqual({ token: '.cache', tokenFrom: user })
    expect(await tokenOf('XDG_CACHE_HOME', join(folder, 'cache'))).toEqual({ token: 'cache', tokenFrom: cache })
    expect(await tokenOf('HF_HOME', join(folder, 'home'))).toEqual({ token: 'home', tokenFrom: home })
    expect(await tokenOf('HF_TOKEN_PATH', named)).toEqual({ token: 'named', tokenFrom: named })
    expect(await tokenOf('HF_TOKEN', 'hf_x')).toEqual({ token: 'hf_x', tokenFrom: 'HF_TOKEN' })
  })

  it.each([
    ['HF_HUB_OFFLINE', '1', 'HF_HUB_OFFLINE'],
    ['TRANSFORMERS_OFFLINE', 'true', 'TRANSFORMERS_OFFLINE'],
    ['HF_HUB_OFFLINE', '0', null],
  ])('%s=%s', async (name, value, offlineBy) => {
    expect(await readHubAccess({ [name]: value }, folder)).toMatchObject({ offlineBy })
  })
})
