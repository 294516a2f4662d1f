import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fileUrl } from '../pull/hub/hub.js'
import { formatHubName, isSafePath, parseHubName } from './hub-name.js'

describe('a name on the hub', () => {
  it.each([
    ['hf:org/repo', { repo: 'org/repo', path: '', revision: null }],
    ['hf:org/repo@v1.0', { repo: 'org/repo', path: '', revision: 'v1.0' }],
    ['hf:org/repo@refs/pr/3', { repo: 'org/repo', path: '', revision: 'refs/pr/3' }],
    ['hf:o-1/R_2.5/sub/model-Q4_1.gguf', { repo: 'o-1/R_2.5', path: 'sub/model-Q4_1.gguf', revision: null }],
    ['hf:org/repo/step 9@main', { repo: 'org/repo', path: 'step 9', revision: 'main' }],
  ])('%s', (text, name) => {
    expect(parseHubName(text)).toEqual(name)
    expect(formatHubName(name)).toBe(text)
  })

  it.each([
    'hf:',
    'hf:repo',
    'org/repo',
    'hf:/repo',
    'hf:org/',
    'hf:org/../x',
    'hf:org/repo/',
    'hf:org/repo/../../x',
    'hf:org/repo/a\\b',
    'hf:org/repo@',
    'hf:org/repo@../x',
    'hf:org/repo@a b',
    'hf:org/..',
    'hf:https://host/org/repo',
  ])('refuses "%s"', (text) => {
    expect(() => parseHubName(text, `--sft ${text}`)).toThrow(
      `--sft ${text} is not a name on the Hugging Face hub; expected hf:ORG/REPO, with a file or folder as hf:ORG/REPO/model-Q4_1.gguf, ` +
        'or with a branch, tag or commit as hf:ORG/REPO@v1.0',
    )
  })

  it('never names a path outside of the repository, and is formatted as it was written', () => {
    const letters = fc.constantFrom('a', 'B', '.', '..', '/', '@', '-', ' ', '\\', ':', 'é', '\n', '%2e')
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 12 }), (parts) => {
        const text = `hf:o/r/${parts.join('')}`
        const name = parsed(text)
        if (name === null) return
        expect(formatHubName(name)).toBe(text)
        expect(name.path === '' || isSafePath(name.path)).toBe(true)
        const { pathname } = new URL(fileUrl('http://h', { repo: name.repo, commit: 'c', path: name.path }))
        expect(pathname.startsWith('/o/r/resolve/c/')).toBe(true)
        expect(decodeURIComponent(pathname.slice('/o/r/resolve/c/'.length))).toBe(name.path)
      }),
      { numRuns: 1000 },
    )
  })
})

function parsed(text: string) {
  try {
    return parseHubName(text)
  } catch {
    return null
  }
}
