import { describe, expect, it } from 'vitest'
import { describeFailedRestart, describeFailedStart, describeLaterEnd, describeRestart } from './process-end.js'

const less = 'Use less memory (--precision int8 or int4, --paired for an adapter, or a lower TANDEM_KV_BYTES)'
const end = (how: string, lastLines = '') => ({ name: 'SFT service', how, lastLines })

describe.each([
  ['describeFailedStart', describeFailedStart],
  ['describeLaterEnd', describeLaterEnd],
  ['describeRestart', (dead: ReturnType<typeof end>) => describeRestart(dead, 500)],
  ['describeFailedRestart', (dead: ReturnType<typeof end>) => describeFailedRestart(dead, 5, 500)],
])('%s', (_, describeEnd) => {
  it.each([
    'The logit service cannot start: std::bad_alloc',
    'The logit service cannot start: bad allocation',
    "Non-zero status code: Failed to allocate memory for requested buffer of size 123'",
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    '# Fatal process OOM in Failed to reserve virtual memory for CodeRange',
    'The engine has stopped: its thread failed: libonnxruntime.so.1: failed to map segment from shared object',
    'RangeError: Array buffer allocation failed',
  ])('reports too little memory after %j', (words) => {
    const text = describeEnd(end('exit code 1', words))
    expect(text).toContain(`There was too little memory. ${less}`)
    expect(text).toContain(words)
  })

  it.each(['killed by SIGKILL', 'exit code 137'])(
    'reports that too little memory was the probable reason of %s',
    (how) => {
      const text = describeEnd(end(how, 'serving'))
      expect(text).toContain(`(${how})`)
      expect(text).toContain(`Probably the system killed it because of too little memory. ${less}`)
    },
  )

  it.each(['killed by SIGTERM', 'exit code 1'])('adds no advice for %s', (how) => {
    expect(describeEnd(end(how, 'The model is gone.'))).toMatch(/\nThe model is gone\.$/)
    expect(describeEnd(end(how, 'The model is gone.'))).not.toContain('memory')
  })
})

it('describeLaterEnd tells how often a restart has failed', () => {
  expect(describeLaterEnd({ ...end('exit code 1', 'The model is gone.'), failedStarts: 5 })).toBe(
    'the SFT service has ended and could not be started again 5 times in a row (the last time: exit code 1), ' +
      'and Tandem cannot serve without it. Its last output:\nThe model is gone.',
  )
  expect(describeLaterEnd(end('exit code 1'))).toBe(
    'the SFT service has ended (exit code 1), and Tandem cannot serve without it.',
  )
})

it('describeRestart tells when the process is started', () => {
  expect(describeRestart(end('exit code 1'), 0)).toBe(
    'The SFT service has ended (exit code 1) and is started again now.',
  )
  expect(describeRestart(end('exit code 1'), 1_240)).toBe(
    'The SFT service has ended (exit code 1) and is started again in 1.2 s.',
  )
})
