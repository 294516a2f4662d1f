import { describe, expect, it } from 'vitest'
import { createLineWriter } from './write-lines.js'

const log = JSON.stringify({ level: 30, time: 1_522_431_328_992, pid: 1, name: 'gateway', status: 200, msg: 'done' })

function shown(lines: readonly string[], isTTY: boolean, isVerbose = true): string {
  let text = ''
  const output = { isTTY, write: (part: string) => (text += part) }
  const write = createLineWriter({ isVerbose, output, environment: { NO_COLOR: '1' } })
  for (const line of lines) write('gateway', line)
  return text
}

describe('createLineWriter', () => {
  it('writes readable lines to a terminal', () => {
    expect(shown([log], true)).toMatch(/^\[gateway\] \[[\d:.]+\] INFO: done \{"status":200\}\n$/)
  })

  it('writes the name before each line of an error', () => {
    const failed = JSON.stringify({
      level: 50,
      time: 1,
      msg: 'no',
      err: { message: 'boo', stack: 'Error: boo\n    at x' },
    })
    const lines = shown([failed], true).trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(2)
    expect(lines.every((line) => line.startsWith('[gateway] '))).toBe(true)
  })

  it('keeps other lines, and all lines if the output is not a terminal', () => {
    expect(shown(['plain {'], true)).toBe('[gateway] plain {\n')
    expect(shown([log, 'plain'], false)).toBe(`[gateway] ${log}\n[gateway] plain\n`)
  })

  it('writes nothing without --verbose', () => {
    expect(shown([log], true, false)).toBe('')
  })
})
