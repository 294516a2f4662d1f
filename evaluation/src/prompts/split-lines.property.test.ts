import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { array, assert, asyncProperty, boolean, constantFrom, string } from 'fast-check'
import { expect, it } from 'vitest'
import { collect } from '../testing/collect.js'
import { useFolder } from '../testing/folder.js'
import { splitLines } from './split-lines.js'

const folder = useFolder()
const { signal } = new AbortController()
const piece = constantFrom('a', 'é', '数', '🙂', '\r', '\u2028', '\u2029', '\u0085', '"', ' ')

it('joined with "\\n", the lines are the file; offsets are those of the file', () =>
  assert(
    asyncProperty(array(string({ unit: piece }), { maxLength: 20 }), boolean(), async (texts, isEnded) => {
      const path = join(folder(), 'lines')
      const content = Buffer.from(texts.join('\n') + (isEnded ? '\n' : ''))
      await writeFile(path, content)
      const lines = await collect(splitLines(path, signal))
      const whole = lines.map(({ bytes, isComplete }) => `${bytes}${isComplete ? '\n' : ''}`).join('')
      expect(whole).toBe(content.toString())
      for (const { bytes, end, isComplete } of lines)
        expect(
          content
            .subarray(0, end)
            .toString()
            .endsWith(`${bytes}${isComplete ? '\n' : ''}`),
        ).toBe(true)
      expect(lines.at(-1)?.end ?? 0).toBe(content.length)
    }),
    { numRuns: 50 },
  ))

it('reads lines that are longer than a chunk', async () => {
  const path = join(folder(), 'long')
  const long = 'é'.repeat(700_000)
  await writeFile(path, `${long}\nx\n${long}`)
  const lines = await collect(splitLines(path, signal))
  expect(lines.map(({ bytes, isComplete }) => [bytes.toString() === long, isComplete])).toEqual([
    [true, true],
    [false, true],
    [true, false],
  ])
})
