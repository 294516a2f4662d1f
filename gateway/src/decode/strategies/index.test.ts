import { expect, test } from 'vitest'
import { defaultStrategyName, strategyNames } from './index.js'

test('aad is the first strategy and the default', () => {
  expect(strategyNames[0]).toBe('aad')
  expect(defaultStrategyName).toBe('aad')
})
