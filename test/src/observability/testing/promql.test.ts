import { expect, test } from 'vitest'
import { parseExpression } from './promql.js'

test('finds metrics, the labels of selectors and the labels of groups', () => {
  const expression = `histogram_quantile(0.95, sum by (le, part) (rate(a_seconds_bucket{part=~"x|y{z}", model!="b(c)"}[5m])))
    / ignoring (part) group_left () sum(b_total) and on(job) -c_d offset 5m > 0.5 or vector(0)`
  expect(parseExpression(expression)).toEqual({
    selectors: [
      { metric: 'a_seconds_bucket', labels: ['part', 'model'] },
      { metric: 'b_total', labels: [] },
      { metric: 'c_d', labels: [] },
    ],
    grouping: ['le', 'part', 'part', 'job'],
  })
})

test.each([
  ['up', ['up']],
  ['up == 0 or absent(up{job="x"})', ['up', 'up']],
  ['a{b="c"}', ['a']],
  ['1 - a:b_c', ['a:b_c']],
  ['sum(a)by(c)', ['a']],
])('%s', (expression, metrics) => {
  expect(parseExpression(expression).selectors.map(({ metric }) => metric)).toEqual(metrics)
})
