/**
 * Measures the source code of this repository and prints the measures as Markdown tables.
 * With `--check` it prints what breaks a rule instead, and exits with code 1 if anything does.
 *
 * usage: npm run measure:code [-- --check]
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { findProblems } from './check.js'
import { describeCode } from './code-table.js'
import { readOtherComments, readSources } from './read-sources.js'
import { wideProse } from './wide-prose.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

const sources = readSources(root)
if (values.check) {
  const others = readOtherComments(root)
  const problems = [...findProblems(sources, others), ...wideProse(root)]
  for (const problem of problems) console.log(problem)
  console.log(
    problems.length === 0 ? `${sources.length + others.length} files follow the rules` : `${problems.length} problems`,
  )
  if (problems.length > 0) process.exitCode = 1
} else console.log(describeCode(sources))
