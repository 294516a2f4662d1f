import { expect, test } from 'vitest'
import { countStates } from './count-states.js'

test('the counts have every state, also without replicas', () => {
  const none = { connecting: 0, ready: 0, draining: 0, ejected: 0, refused: 0 }
  expect(countStates([])).toEqual(none)
  const states = ['ready', 'ejected', 'ready'] as const
  expect(countStates(states.map((state) => ({ state })))).toEqual({ ...none, ready: 2, ejected: 1 })
})
