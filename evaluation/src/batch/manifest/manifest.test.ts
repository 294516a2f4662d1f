import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { useFolder } from '../../testing/folder.js'
import { manifestPath, openManifest, recordRun, startRun } from './manifest.js'

const folder = useFolder()
const settings = {
  seed: 1,
  request: { max_tokens: 8, decoding: { alpha: 0.1 } },
  models: [{ name: 'dpo' }],
  left: undefined,
}

it('is created once, keeps its runs, and is opened again with the same settings', async () => {
  const out = join(folder(), 'a.jsonl')
  const created = await openManifest(out, settings)
  expect(created.runs).toEqual([])
  const start = await startRun()
  await writeFile(out, '{}\n')
  await recordRun(created, start, { rows: 3 })
  const opened = await openManifest(out, { ...settings })
  expect(opened.runs).toEqual([{ ...start, ended: expect.any(String), rows: 3 }])
  expect(JSON.parse(await readFile(manifestPath(out), 'utf8'))).toMatchObject({ format: 1, settings: { seed: 1 } })
})

it('lists the last 100 runs', async () => {
  const manifest = await openManifest(join(folder(), 'many.jsonl'), settings)
  await writeFile(join(folder(), 'many.jsonl'), '{}\n')
  const before = Array.from({ length: 120 }, (_, i) => ({ i }))
  await recordRun({ ...manifest, runs: before }, await startRun(), { i: 120 })
  const { runs } = await openManifest(join(folder(), 'many.jsonl'), settings)
  expect(runs).toHaveLength(100)
  expect(runs.at(-1)).toMatchObject({ i: 120 })
})

it('refuses other settings and says which', async () => {
  const out = join(folder(), 'b.jsonl')
  await openManifest(out, settings)
  await writeFile(out, '{}\n')
  const changed = { ...settings, request: { max_tokens: 9, decoding: {}, n: 1 }, models: [{ name: 'sft' }] }
  await expect(openManifest(out, changed)).rejects.toThrow(
    `${out} was started with other settings: request.max_tokens is 9, and was 8; request.decoding.alpha is missing, and was 0.1; ` +
      'request.n is 1, and was missing; and 1 more. Give the same settings to continue it, or another --out',
  )
})

it('takes other settings as long as there are no rows', async () => {
  const out = join(folder(), 'none.jsonl')
  await openManifest(out, settings)
  await writeFile(out, '')
  expect((await openManifest(out, { seed: 2 })).settings).toEqual({ seed: 2 })
})

it('keeps its runs if all rows are lost', async () => {
  const out = join(folder(), 'lost.jsonl')
  await recordRun(await openManifest(out, settings), await startRun(), { rows: 3 })
  await writeFile(out, '')
  expect((await openManifest(out, settings)).runs).toMatchObject([{ rows: 3 }])
})

it('refuses rows without a manifest, and a manifest that it cannot read', async () => {
  const out = join(folder(), 'c.jsonl')
  await writeFile(out, '{}\n')
  await expect(openManifest(out, settings)).rejects.toThrow(`${out} exists, and has no manifest ${manifestPath(out)}`)
  await writeFile(manifestPath(out), '{"format": 2}')
  await expect(openManifest(out, settings)).rejects.toThrow('is not a manifest of this version: expected format 1')
})
