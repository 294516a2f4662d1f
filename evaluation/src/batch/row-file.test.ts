import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useFolder } from '../testing/folder.js'
import { RowFile } from './row-file.js'

const folder = useFolder()
const { signal } = new AbortController()
const rows = [{ index: 0 }, { index: 1, text: 'é\u2028"\n' }, { index: 2 }]
const whole = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
const isRow = (value: unknown, position: number) => (value as { index?: number } | undefined)?.index === position

async function complete(content: Uint8Array): Promise<RowFile> {
  const path = join(folder(), 'rows.jsonl')
  await writeFile(path, content)
  const file = await RowFile.open(path, isRow, signal)
  for (const row of rows.slice(file.found)) await file.append(row)
  await file.close()
  expect(await readFile(path)).toEqual(whole)
  return file
}

it('cut at each byte, it has the whole rows before it, and is completed', async () => {
  for (let length = 0; length <= whole.length; length++) {
    const kept = whole.subarray(0, length)
    const found = kept.toString().split('\n').length - 1
    const bytes = kept.lastIndexOf('\n') + 1
    expect(await complete(kept)).toMatchObject({ found, cutBytes: length - bytes })
  }
})

it.each([
  ['zeros, as a loss of power leaves them', Buffer.alloc(100)],
  ['the end of another row', Buffer.from('0}\n{"index": 1}\n')],
  ['a row out of its place', Buffer.from('{"index": 2}\n')],
  ['a value that is no row', Buffer.from('null\n')],
])('after the first row, %s are cut off', async (_, garbage) => {
  const first = whole.subarray(0, whole.indexOf('\n') + 1)
  expect(await complete(Buffer.concat([first, garbage]))).toMatchObject({ found: 1, cutBytes: garbage.length })
})
