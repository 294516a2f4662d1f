import { expect, test } from 'vitest'
import { htmlOf } from './html.js'
import type { Plot } from './plot.js'
import { markdownOf } from './section.js'

const plot: Plot = {
  title: 'a < b',
  xLabel: 'x',
  yLabel: 'y',
  series: [
    {
      name: 'line',
      style: 'line',
      points: [
        [0, 0],
        [10, 100],
      ],
    },
    { name: 'dots', style: 'dots', points: Array.from({ length: 5001 }, (_, i) => [i / 500, i / 50] as const) },
  ],
}
const sections = [
  { title: 'One', text: ['<b>'], table: { header: ['a', 'b'], rows: [['1|2', '"3"']] }, plots: [plot] },
  { title: 'Two', plots: [{ ...plot, series: [{ name: 'none', style: 'line' as const, points: [] }] }] },
]

test('HTML escapes texts, and draws the plots that have points', () => {
  const html = htmlOf('Load', sections)
  expect(html).toContain('<p>&lt;b&gt;</p>')
  expect(html).toContain('<td>1|2</td><td>&quot;3&quot;</td>')
  expect(html.match(/<svg/g)).toHaveLength(1)
  expect(html).toContain('<polyline points="60,274 620,34"')
  // Every third dot: not more than 2,000 of them.
  expect(html.match(/<circle/g)).toHaveLength(1667)
  expect(html).not.toMatch(/NaN|undefined|Infinity/)
})

test('Markdown has the tables without plots', () => {
  expect(markdownOf(sections)).toBe('## One\n\n<b>\n\n| a | b |\n|---|---|\n| 1\\|2 | "3" |\n\n## Two')
})
