import { expect, it } from 'vitest'
import { createProgress } from './progress.js'

it('writes a line at the end of a phase, and every ten seconds, if the output is not a terminal', () => {
  const lines: string[] = []
  let nowMs = 0
  const progress = createProgress({ write: (text: string) => lines.push(text) }, 'Building x', () => nowMs)
  for (let done = 0; done <= 1000; done += 10) {
    progress.update('write', done * 1e6, 1e9)
    nowMs += 250
  }
  progress.update('check', 1e6, 2e6)
  progress.update('check', 2e6, 2e6)
  progress.update('check', 2e6, 2e6)
  progress.stop()
  expect(lines).toEqual([
    'Building x: write 40% of 1000.0 MB\n',
    'Building x: write 80% of 1000.0 MB\n',
    'Building x: write 100% of 1000.0 MB\n',
    'Building x: check 100% of 2.0 MB\n',
  ])
})
