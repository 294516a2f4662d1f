import { describe, expect, it } from 'vitest'
import { describeFailedStart, describeLaterEnd } from './process-end.js'

const less = 'Give it less to hold (--precision int8 or int4, or --paired for an adapter; a lower TANDEM_KV_BYTES)'
const end = (how: string, lastLines = '') => ({ name: 'SFT service', how, lastLines })

describe.each([
  ['a start', describeFailedStart],
  ['a service', describeLaterEnd],
])('of %s', (_, tell) => {
  it.each([
    'The logit service cannot start: std::bad_alloc',
    'The logit service cannot start: bad allocation',
    "Non-zero status code: Failed to allocate memory for requested buffer of size 123'",
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    '# Fatal process OOM in Failed to reserve virtual memory for CodeRange',
    'The engine has stopped: its thread failed: libonnxruntime.so.1: failed to map segment from shared object',
    'RangeError: Array buffer allocation failed',
  ])('that said %j: there was too little memory', (words) => {
    const told = tell(end('exit code 1', words))
    expect(told).toContain(`There was too little memory. ${less}`)
    expect(told).toContain(words)
  })

  it.each(['killed by SIGKILL', 'exit code 137'])('that was %s: perhaps for want of memory', (how) => {
    const told = tell(end(how, 'serving'))
    expect(told).toContain(`(${how})`)
    expect(told).toContain(`If nobody else killed it, the system did, for want of memory. ${less}`)
  })

  it.each(['killed by SIGTERM', 'exit code 1'])('that was %s: only what it said', (how) => {
    expect(tell(end(how, 'The model is gone.'))).toMatch(/\nThe model is gone\.$/)
    expect(tell(end(how, 'The model is gone.'))).not.toContain('memory')
  })
})
