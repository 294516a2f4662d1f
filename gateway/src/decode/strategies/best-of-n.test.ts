import { expect, test } from 'vitest'
import { bestOfN } from './best-of-n.js'
import { bindChoiceStrategy } from './choice-strategy.js'

const bind = (parameters: object) => bindChoiceStrategy(bestOfN, bestOfN.parameters.parse(parameters))

test('samples the DPO model n times and chooses by the named reward model', () => {
  const { count, chooser, reads } = bind({ n: 3, reward: 'helpful' })
  expect([count, chooser]).toEqual([3, { by: 'reward', reward: 'helpful' }])
  expect(reads([])).toEqual({ lead: 'dpo', readout: { kind: 'full' }, others: [] })
})

test('leaves the reward model to the server if none is named', () => {
  expect(bind({}).chooser).toEqual({ by: 'reward', reward: null })
})
