import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { API } from 'typescript/unstable/sync'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { measureFile, type SourceMeasures } from './measure-file.js'

const text = `import type { A } from './a.js'
export * from './b.js'
type C = import('./c.js').C

/** Documented. */
export function first(): any {
  // a comment
  return () => {
    return 'http://example.org' // after code
  }
}

export const second = 1
export interface Third { x: A | C }
const lazy = () => import('./d.js')
${'x'.repeat(121)}
`
let folder: string
let measures: SourceMeasures
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-code-'))
  const config = join(folder, 'tsconfig.json')
  await writeFile(config, '{ "files": ["x.ts"] }')
  await writeFile(join(folder, 'x.ts'), text)
  const api = new API()
  const project = api.updateSnapshot({ openProjects: [config] }).getProject(config)
  const tree = project?.program.getSourceFile(join(folder, 'x.ts'))
  if (!tree) throw new Error('the compiler has no syntax tree of x.ts')
  measures = measureFile('x.ts', tree)
  api.close()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('counts lines, functions, exports and uses of any', () => {
  expect(measures).toMatchObject({
    lines: 16,
    wideLines: 1,
    functionLines: [6, 3],
    exports: 3,
    documentedExports: 1,
    anyTypes: 1,
  })
})

it('measures lines that hold only a comment', () => {
  expect([...measures.commentWidths]).toEqual([
    [5, '/** Documented. */'.length],
    [7, '  // a comment'.length],
  ])
})

it('finds every kind of import', () => {
  expect(measures.imports).toEqual(['./a.js', './b.js', './c.js', './d.js'])
})
