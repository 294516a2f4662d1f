import { writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { explainDiskErrors } from './disk-error.js'

const failing = (code: string, path: string) => () =>
  Promise.reject(Object.assign(new Error(`${code}: no, open '${path}'`), { code, path }))

it.skipIf(process.platform !== 'linux')('explains a full disk and says what to do', async () => {
  const writing = explainDiskErrors('/dev', 'TANDEM_HOME', () => writeFile('/dev/full', 'weights'))
  await expect(writing).rejects.toThrow(
    /^the disk of \/dev is full \(.* free\): ENOSPC: no space left on device, write\. Free some space \("tandem models" lists .*\), or set TANDEM_HOME to a folder on another disk$/,
  )
})

it('explains an exceeded quota, even if the folder does not exist', async () => {
  const writing = explainDiskErrors('/none', '--out', failing('EDQUOT', '/none/a'))
  await expect(writing).rejects.toThrow('the disk of /none is full: EDQUOT')
})

it.each(['EACCES', 'EPERM', 'EROFS'])('explains a folder that cannot be written: %s', async (code) => {
  await expect(explainDiskErrors('/cache', 'TANDEM_HOME', failing(code, '/cache/models'))).rejects.toThrow(
    `/cache cannot be written: ${code}: no, open '/cache/models'. Give your user write permission there, or set TANDEM_HOME to another folder`,
  )
})

it('explains a file with the name of the folder', async () => {
  await expect(explainDiskErrors('/file', 'TANDEM_HOME', failing('ENOTDIR', '/file/models'))).rejects.toThrow(
    "/file is not a folder, or a part of its path is a file: ENOTDIR: no, open '/file/models'. Set TANDEM_HOME to another folder",
  )
})

it('leaves other errors unchanged', async () => {
  await expect(explainDiskErrors('/cache', 'TANDEM_HOME', failing('EACCES', '/source/a'))).rejects.toThrow(
    /^EACCES: no, open '\/source\/a'$/,
  )
  await expect(explainDiskErrors('/cache', 'TANDEM_HOME', failing('ENOENT', '/cache/a'))).rejects.toThrow(/^ENOENT/)
  expect(await explainDiskErrors('/cache', 'TANDEM_HOME', () => Promise.resolve(7))).toBe(7)
})
