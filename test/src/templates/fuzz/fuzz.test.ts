import { readFileSync } from 'node:fs'
import { compileTemplate } from '@tandem/gateway/template'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { findTransformersPython, Jinja2 } from '../jinja2.js'
import { template } from './statements.js'

const variables = JSON.parse(
  readFileSync(new URL('../../../fixtures/templates/variables.json', import.meta.url), 'utf8'),
) as Record<string, unknown>
const python = findTransformersPython()

// `npm run templates:fuzz -w test` renders 10,000; this shows that the comparison itself works.
describe.skipIf(python === null)('random templates (skipped without a Python that has transformers)', () => {
  const jinja2 = python === null ? null : new Jinja2(python)
  afterAll(() => jinja2?.stop())

  it('render as with Jinja2, or are refused', async () => {
    let compared = 0
    for (const source of fc.sample(template, { seed: 7, numRuns: 200 })) {
      let text: string
      try {
        text = compileTemplate(source, { formatNow: String })(variables)
      } catch {
        continue
      }
      compared++
      expect({ source, ...(await jinja2?.render(source, variables)) }).toEqual({ source, text })
    }
    // An engine that refuses most templates compares nothing.
    expect(compared).toBeGreaterThan(50)
  })
})
