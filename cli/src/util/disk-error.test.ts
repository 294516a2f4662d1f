import { writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { explainDiskErrors } from './disk-error.js'

const failing = (code: string, path: string) => () =>
  Promise.reject(Object.assign(new Error(`${code}: no, open '${path}'`), { code, path }))

it.skipIf(process.platform !== 'linux')('tells that a disk is full, and what to do', async () => {
  const writing = explainDiskErrors('/dev', 'TANDEM_HOME', () => writeFile('/dev/full', 'weights'))
  await expect(writing).rejects.toThrow(
    /^the disk of \/dev is full \(.* free\): ENOSPC: no space left on device, write\. Make room \("tandem models" lists .*\), or name a folder on another disk with TANDEM_HOME$/,
  )
})

it('tells that a quota is used up, also of a folder that is not there', async () => {
  const writing = explainDiskErrors('/none', '--out', failing('EDQUOT', '/none/a'))
  await expect(writing).rejects.toThrow('the disk of /none is full: EDQUOT')
})

it.each(['EACCES', 'EPERM', 'EROFS'])('tells that a folder cannot be written: %s', async (code) => {
  await expect(explainDiskErrors('/cache', 'TANDEM_HOME', failing(code, '/cache/models'))).rejects.toThrow(
    `/cache cannot be written: ${code}: no, open '/cache/models'. Give your user the right to write there, or name another folder with TANDEM_HOME`,
  )
})

it('tells that there is a file in the place of a folder', async () => {
  await expect(explainDiskErrors('/file', 'TANDEM_HOME', failing('ENOTDIR', '/file/models'))).rejects.toThrow(
    "/file is no folder, or lies below a file: ENOTDIR: no, open '/file/models'. Name another folder with TANDEM_HOME",
  )
})

it('leaves all else as it is', async () => {
  await expect(explainDiskErrors('/cache', 'TANDEM_HOME', failing('EACCES', '/source/a'))).rejects.toThrow(
    /^EACCES: no, open '\/source\/a'$/,
  )
  await expect(explainDiskErrors('/cache', 'TANDEM_HOME', failing('ENOENT', '/cache/a'))).rejects.toThrow(/^ENOENT/)
  expect(await explainDiskErrors('/cache', 'TANDEM_HOME', () => Promise.resolve(7))).toBe(7)
})
