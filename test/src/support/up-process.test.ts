import { describe, expect, it } from 'vitest'
import { parseServingLine } from './up-process.js'

const log = (rest: object) => JSON.stringify({ level: 30, pid: 7, msg: 'serving', ...rest })

describe('parseServingLine', () => {
  it.each([
    ['[SFT service]', { addresses: ['127.0.0.1:1'] }, { name: 'SFT service', role: 'sft', replica: 1 }],
    ['[DPO service 2]', { addresses: ['127.0.0.1:1'] }, { name: 'DPO service 2', role: 'dpo', replica: 2 }],
    [
      '[pair service 16]',
      { addresses: ['127.0.0.1:1', '127.0.0.1:2'] },
      { name: 'pair service 16', role: 'pair', replica: 16 },
    ],
    [
      '[amateur model service 3]',
      { addresses: ['127.0.0.1:1'] },
      { name: 'amateur model service 3', role: 'amateur', replica: 3 },
    ],
    [
      '[picker reward service]',
      { address: '127.0.0.1:1' },
      { name: 'picker reward service', role: 'picker', replica: 1 },
    ],
    ['[gateway]', { url: '127.0.0.1:1' }, { name: 'gateway', role: 'gateway', replica: 1 }],
  ])('%s %j', (prefix, logged, expected) => {
    expect(parseServingLine(`${prefix} ${log(logged)}`)).toEqual({ ...expected, pid: 7, address: '127.0.0.1:1' })
  })

  it.each([
    'The SFT service serves again, 1.0 s after it ended.',
    log({ url: 'http://h:1' }),
    `[gateway] ${log({ msg: 'draining' })}`,
    '[gateway] no JSON',
  ])('ignores %j', (line) => {
    expect(parseServingLine(line)).toBeNull()
  })
})
