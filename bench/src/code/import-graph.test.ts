import { describe, expect, it } from 'vitest'
import { fileCycles, fileImports, folderCycles } from './import-graph.js'

/** Returns imports from lines like "a/x.ts b/y.ts". */
const imports = (...lines: string[]) =>
  lines.map((line) => {
    const [from = '', to = ''] = line.split(' ')
    return { from, to }
  })

it('resolves relative imports of measured files', () => {
  const sources = [
    { path: 'a/src/x.ts', imports: ['./b/y.js', 'node:fs', '@tandem/proto', './missing.js'] },
    { path: 'a/src/b/y.ts', imports: ['../x.js'] },
  ]
  expect(fileImports(sources)).toEqual(imports('a/src/x.ts a/src/b/y.ts', 'a/src/b/y.ts a/src/x.ts'))
})

describe('fileCycles', () => {
  it('finds a circle of several files', () => {
    const [cycle, ...others] = fileCycles(imports('a.ts b.ts', 'b.ts c.ts', 'c.ts a.ts', 'c.ts d.ts'))
    expect(cycle?.members).toEqual(['a.ts', 'b.ts', 'c.ts'])
    expect(others).toEqual([])
  })

  it('finds nothing in files with an order', () => {
    expect(fileCycles(imports('a.ts b.ts', 'b.ts c.ts', 'a.ts c.ts'))).toEqual([])
  })
})

describe('folderCycles', () => {
  it('finds folders that import each other, although their files do not', () => {
    const [cycle] = folderCycles(imports('s/a/x.ts s/b/y.ts', 's/b/z.ts s/a/w.ts'))
    expect(cycle).toMatchObject({ folder: 's', members: ['s/a', 's/b'] })
    expect(cycle?.examples).toHaveLength(2)
  })

  it('compares folders at their common parent', () => {
    expect(folderCycles(imports('s/a/deep/x.ts s/b/y.ts', 's/b/z.ts s/a/w.ts'))[0]?.members).toEqual(['s/a', 's/b'])
  })

  it('treats a file next to a folder as an entry of its own', () => {
    expect(folderCycles(imports('s/main.ts s/a/x.ts', 's/a/x.ts s/types.ts'))).toEqual([])
    expect(folderCycles(imports('s/main.ts s/a/x.ts', 's/a/x.ts s/main.ts'))).toHaveLength(1)
  })
})
