import { expect, it } from 'vitest'
import { needsReward, planSides } from './sides.js'

const sample = { strategy: 'sample', top_p: 0.9 }

it("plans the paper's sides: a pool each, samples from the nucleus of 0.9", () => {
  const plan = planSides({ strategy: 'aad' }, { strategy: 'sample' })
  expect(plan).toEqual({
    pools: [
      { decoding: { strategy: 'aad' }, samples: 1 },
      { decoding: sample, samples: 1 },
    ],
    chosen: { pool: 0, samples: 1, pick: 'only' },
    rejected: { pool: 1, samples: 1, pick: 'only' },
  })
  expect(needsReward(plan)).toBe(false)
  expect(planSides({ strategy: 'aad' }, { strategy: 'sample', top_p: 1 }).pools[1]?.decoding).toEqual({
    strategy: 'sample',
    top_p: 1,
  })
})

it('best and worst share their samples, also with different numbers', () => {
  const plan = planSides({ strategy: 'best-of-n', n: 16 }, { strategy: 'worst-of-n' })
  expect(plan.pools).toEqual([{ decoding: sample, samples: 16 }])
  expect(plan.chosen).toEqual({ pool: 0, samples: 16, pick: 'best' })
  expect(plan.rejected).toEqual({ pool: 0, samples: 8, pick: 'worst' })
  expect(needsReward(plan)).toBe(true)
})

it('other parameters are other samples', () => {
  const plan = planSides({ strategy: 'best-of-n', temperature: 0.5 }, { strategy: 'worst-of-n' })
  expect(plan.pools.map(({ decoding }) => decoding)).toEqual([{ ...sample, temperature: 0.5 }, sample])
})

it('has only chosen answers if an earlier round has the rejected ones', () => {
  expect(planSides({ strategy: 'aad' }, null)).toMatchObject({ pools: [{}], rejected: null })
})
