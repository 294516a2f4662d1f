import { expect, test } from 'vitest'
import { describeChange, describeFaults, mayServe, serves } from './matching.js'

const anyModel = { version: null, release: null }
const old = { version: 'v1', release: 'old' }

test('a release label matches the same label and no label', () => {
  expect(serves(old, anyModel)).toBe(true)
  expect(serves(old, { version: 'v1', release: 'old' })).toBe(true)
  expect(serves(old, { version: 'v1', release: '' })).toBe(true)
  expect(serves(old, { version: 'v1', release: 'new' })).toBe(false)
  expect(serves({ ...old, release: '' }, { version: null, release: 'new' })).toBe(true)
  expect(serves(old, { version: 'v2', release: null })).toBe(false)
  expect(serves(null, anyModel)).toBe(false)
})

test('a replica that connects may serve what it served before', () => {
  expect(mayServe({ model: null, state: 'connecting' }, old)).toBe(true)
  expect(mayServe({ model: old, state: 'connecting' }, old)).toBe(true)
  expect(mayServe({ model: old, state: 'connecting' }, { ...old, version: 'v2' })).toBe(false)
  expect(mayServe({ model: old, state: 'draining' }, old)).toBe(true)
  expect(mayServe({ model: old, state: 'refused' }, anyModel)).toBe(false)
})

test('faults name each replica, and at most eight', () => {
  expect(describeFaults('DPO', [{ fault: 'it is gone' }], [])).toBe('it is gone')
  expect(describeFaults('DPO', [{ fault: 'a' }, { fault: null }, { fault: 'b' }], ['c'])).toBe(
    'no replica of the DPO model is ready: a; b; c',
  )
  expect(describeFaults('DPO', [], [])).toBe('the DPO model has no replica: its name is not resolved yet')
  const many = Array.from({ length: 10 }, (_, i) => ({ fault: `f${i}` }))
  expect(describeFaults('DPO', many, [])).toMatch(/f7; and 2 more$/)
})

test('the error names the old and the new model', () => {
  const replicas = [
    { address: 'a:1', state: 'ready', version: 'v2', release: 'new' },
    { address: 'b:1', state: 'connecting', version: 'v1', release: 'old' },
  ] as const
  expect(describeChange('SFT', replicas, old)).toBe(
    'no replica of the SFT model serves version v1 of release old any more, which the request began with: ' +
      'a:1 serves version v2 of release new. Send the request again',
  )
})
