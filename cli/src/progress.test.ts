import { expect, it } from 'vitest'
import { createProgress } from './progress.js'

it('writes a line a quarter where there is no terminal', () => {
  const lines: string[] = []
  const progress = createProgress({ write: (text: string) => lines.push(text) }, 'Building x')
  for (let done = 0; done <= 1000; done += 10) progress.update('write', done * 1e6, 1e9)
  progress.update('check', 2e6, 2e6)
  progress.stop()
  expect(lines).toEqual([
    'Building x: write 25% of 1000.0 MB\n',
    'Building x: write 50% of 1000.0 MB\n',
    'Building x: write 75% of 1000.0 MB\n',
    'Building x: write 100% of 1000.0 MB\n',
    'Building x: check 100% of 2.0 MB\n',
  ])
})
