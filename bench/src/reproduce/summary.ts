import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { comparisonStep } from './evaluation-steps.js'
import { laterRounds } from './plan.js'
import { spellingTable } from './spelling-table.js'

/** Sections of the reports that the summary shows. */
const shown = ['Methods', 'Best-of-N', 'Sweeps of parameters', 'Reward models']

/**
 * Makes the summary of a complete run in Markdown: the tables of the methods, the spelling of the
 * answers, and how each later round differs from round 0.
 */
export async function summarize(out: string): Promise<string> {
  const path = (...names: readonly string[]) => join(out, ...names)
  const methods = await readFile(path(comparisonStep.name, 'report.md'), 'utf8')
  const rounds = await Promise.all(
    laterRounds.map(async (round) => {
      const report = await readFile(path(`methods-${round}`, 'comparison/report.md'), 'utf8')
      return sectionOf(report, 'Differences between the runs').replace(/^## .*/, `## ${round} against round-0`)
    }),
  )
  const spelling = `## Spelling\n\n${await spellingTable(path(comparisonStep.name, 'results.json'))}`
  const end = `The whole report: ${path(comparisonStep.output)}`
  return [...shown.map((title) => sectionOf(methods, title)), spelling, ...rounds, end].join('\n\n')
}

/**
 * Finds a section of a report in Markdown.
 * @throws Error if the report lacks it
 */
function sectionOf(report: string, title: string): string {
  const section = report.split(/^(?=## )/m).find((part) => part.startsWith(`## ${title}\n`))
  if (section === undefined) throw new Error(`the report has no section "${title}": expected one of that name`)
  return section.trim()
}
