import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

/** The order of the engine's folders, as engine.ts states it. '.' is this folder's own files. */
const mayImport: Record<string, readonly string[]> = {
  thread: ['scheduler', 'sessions', 'onnx', '.'],
  scheduler: ['sessions', '.', 'logits'],
  sessions: ['.', 'logits'],
  onnx: ['.', 'logits'],
  '.': ['logits'],
  logits: [],
}

const root = dirname(fileURLToPath(import.meta.url))
const names = await readdir(root, { recursive: true })
const sources = names.filter((name) => name.endsWith('.ts') && !/\.test\.ts$|^testing|^index\.ts$/.test(name))
const imports = await Promise.all(
  sources.map(async (from) => {
    const text = await readFile(join(root, from), 'utf8')
    return [...text.matchAll(/(?:from|import) '([^']+)'/g)].map(([, specifier = '']) => ({ from, specifier }))
  }),
).then((lists) => lists.flat())

test('a folder imports only the folders below it', () => {
  const upward = imports.filter(({ from, specifier }) => {
    const target = posix.join(posix.dirname(from), specifier)
    const [own, other] = [posix.dirname(from), posix.dirname(target)]
    return specifier.startsWith('.') && own !== other && !target.startsWith('..') && !mayImport[own]?.includes(other)
  })
  expect(upward).toEqual([])
  expect(new Set(sources.map((name) => posix.dirname(name)))).toEqual(new Set(Object.keys(mayImport)))
})

test('only onnx/ imports onnxruntime-node', () => {
  const importers = imports.filter(({ specifier }) => specifier === 'onnxruntime-node').map(({ from }) => from)
  expect(new Set(importers.map((name) => posix.dirname(name)))).toEqual(new Set(['onnx']))
})
