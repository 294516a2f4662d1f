import { posix } from 'node:path'
import { expect, it } from 'vitest'
import { findProblems } from './check.js'

const source = (path: string, imports: readonly string[] = [], widths: readonly [number, number][] = []) => ({
  path,
  imports,
  commentWidths: new Map(widths),
})

it('accepts files that follow the rules', () => {
  const sources = [
    source('gateway/src/routes/x.ts', ['../session/y.js', '@tandem/proto'], [[1, 100]]),
    source('gateway/src/session/y.ts', ['@grpc/grpc-js']),
  ]
  expect(findProblems(sources)).toEqual([])
})

it('reports a wide comment with its line', () => {
  expect(findProblems([source('proto/src/x.ts', [], [[7, 101]])])).toEqual([
    'proto/src/x.ts:7 is a comment of 101 columns: expected at most 100',
  ])
})

it('reports a wide comment of a test', () => {
  expect(findProblems([], [{ path: 'proto/src/x.test.ts', commentWidths: new Map([[2, 120]]) }])).toEqual([
    'proto/src/x.test.ts:2 is a comment of 120 columns: expected at most 100',
  ])
})

it.each([
  ['evaluation/src/statistics/x.ts', '../report/y.js'],
  ['evaluation/src/statistics/x.ts', '../answers/y.js'],
  ['gateway/src/access/x.ts', '../openai/y.js'],
  ['gateway/src/session/x.ts', '../access/y.js'],
  ['gateway/src/health/x.ts', '../routes/y.js'],
])('reports that %s imports %s', (from, name) => {
  const to = posix.join(posix.dirname(from), name).replace('.js', '.ts')
  expect(findProblems([source(from, [name]), source(to)])).toContainEqual(
    expect.stringContaining(`${from} imports ${to}`),
  )
})

it('reports an import against the layers of the gateway', () => {
  const sources = [source('gateway/src/session/x.ts', ['../decode/y.js']), source('gateway/src/decode/y.ts')]
  expect(findProblems(sources)).toEqual([
    expect.stringContaining('gateway/src/session/x.ts imports gateway/src/decode/y.ts: gateway/src/session must not'),
  ])
})

it('reports an import against the order of the workspaces', () => {
  expect(findProblems([source('process/src/x.ts', ['@tandem/proto'])])).toEqual([
    'process/src/x.ts imports @tandem/proto: process may import no other workspace',
  ])
})

it('reports onnxruntime outside of its folder', () => {
  expect(findProblems([source('services/src/engine/x.ts', ['onnxruntime-node'])])).toEqual([
    expect.stringContaining('services/src/engine/x.ts imports onnxruntime-node: only services/src/engine/onnx'),
  ])
})

it('requires a rule for every workspace', () => {
  expect(findProblems([source('web/src/x.ts')])).toEqual([
    'web/src/x.ts: the workspace web has no row in bench/src/code/layers.ts',
  ])
})

it('reports circular imports between files once', () => {
  const sources = [source('cli/src/a.ts', ['./b.js']), source('cli/src/b.ts', ['./a.js'])]
  expect(findProblems(sources).filter((problem) => problem.startsWith('files import each other'))).toHaveLength(1)
})
