import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { compileTemplate } from '@tandem/gateway/template'
import { messageOf } from '@tandem/process'
import fc from 'fast-check'
import { findTransformersPython, Jinja2, type Rendered } from '../jinja2.js'
import { template } from './statements.js'

/*
 * Renders random templates here and with transformers, and counts the differences. A refusal here
 * is no silent difference; it is shown with --refusals.
 */
const { values } = parseArgs({
  options: {
    renders: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    refusals: { type: 'boolean', default: false },
  },
})
const variables = JSON.parse(
  readFileSync(new URL('../../../fixtures/templates/variables.json', import.meta.url), 'utf8'),
) as Record<string, unknown>
const counts = { equal: 0, bothRefused: 0, refusedHere: 0, different: 0 }

function renderHere(source: string): Rendered {
  try {
    return { text: compileTemplate(source, { formatNow: String })(variables) }
  } catch (error) {
    return { error: messageOf(error) }
  }
}

function count(source: string, here: Rendered, there: Rendered): void {
  const kind =
    'text' in here
      ? 'text' in there && here.text === there.text
        ? 'equal'
        : 'different'
      : 'text' in there
        ? 'refusedHere'
        : 'bothRefused'
  counts[kind]++
  if (kind === 'different' || (kind === 'refusedHere' && values.refusals))
    console.log(
      `${kind}\n  template: ${JSON.stringify(source)}\n  here:     ${JSON.stringify(here)}\n  Jinja2:   ${JSON.stringify(there)}`,
    )
}

const python = findTransformersPython()
if (python === null) {
  console.error(
    'No Python with transformers and jinja2 was found. Install them (pip install transformers jinja2), or name one in TANDEM_TEST_PYTHON.',
  )
  process.exit(2)
}
const jinja2 = new Jinja2(python)
const seed = Number(values.seed)
for (const source of fc.sample(template, { seed, numRuns: Number(values.renders) }))
  count(source, renderHere(source), await jinja2.render(source, variables))
jinja2.stop()
console.log(`seed ${seed}:`, counts)
process.exitCode = counts.different === 0 ? 0 : 1
