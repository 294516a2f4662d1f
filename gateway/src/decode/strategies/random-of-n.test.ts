import { expect, test } from 'vitest'
import { bindChoiceStrategy } from './choice-strategy.js'
import { randomOfN } from './random-of-n.js'

test('chooses each sample about equally often', () => {
  const counts = [0, 0, 0, 0]
  for (let seed = 0; seed < 200; seed++) {
    const { chooser } = bindChoiceStrategy(randomOfN, randomOfN.parameters.parse({ n: 4, seed }))
    if (chooser.by === 'seed') counts[chooser.index] = (counts[chooser.index] ?? 0) + 1
  }
  expect(Math.min(...counts)).toBeGreaterThan(30)
})
