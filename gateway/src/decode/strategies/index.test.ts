import { expect, test } from 'vitest'
import { defaultStrategyName, defaultsOf, strategies, strategyNames } from './index.js'

test('aad is the first strategy and the default', () => {
  expect(strategyNames[0]).toBe('aad')
  expect(defaultStrategyName).toBe('aad')
})

test('the defaults of a strategy are those that its parameters get', () => {
  const byName = new Map(strategies.map((strategy) => [strategy.name, defaultsOf(strategy)]))
  expect(byName.get('aad')).toEqual({ alpha: 0.1, temperature: 0 })
  expect(byName.get('contrastive')).toEqual({ alpha: 0.1, expert: 'dpo', amateur: 'sft' })
  for (const strategy of strategies.filter(({ parameters }) => parameters.safeParse({}).success)) {
    const { seed: _seed, ...parsed } = strategy.parameters.parse({}) as Record<string, unknown>
    expect(parsed).toEqual(defaultsOf(strategy))
  }
})
