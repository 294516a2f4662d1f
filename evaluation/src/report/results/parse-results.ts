import { parseValue } from '@tandem/process'
import { ReportError } from './report-error.js'
import { type EvaluationResults, resultsSchema } from './results-schema.js'

/**
 * Parses results and fills in defaults.
 * @throws ReportError if a value is not as expected, or if names do not fit together
 */
export function parseResults(value: unknown): EvaluationResults {
  const toError = (faults: string) => new ReportError(faults)
  const data = parseValue(resultsSchema, value, { name: 'The file of results', toError })
  requireConsistency(data)
  return data
}

function requireConsistency(results: EvaluationResults): void {
  const prompts = uniqueIds('prompts', results.prompts)
  const strategies = uniqueIds('strategies', results.strategies)
  requireUniqueLabels(results)
  const known = (kind: string, names: ReadonlySet<string>, name: string) => {
    if (!names.has(name))
      throw new ReportError(
        `The ${kind} ${name} has answers or judgements, but is not described: expected it in the list`,
      )
  }
  for (const { prompt, strategy } of results.answers) {
    known('prompt', prompts, prompt)
    known('strategy', strategies, strategy)
  }
  for (const { prompt, first, second } of results.judgements) {
    known('prompt', prompts, prompt)
    known('strategy', strategies, first)
    known('strategy', strategies, second)
  }
  requireUniqueAnswers(results)
  requireLabels(results)
}

function uniqueIds(kind: string, items: readonly { readonly id: string }[]): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const { id } of items) {
    if (ids.has(id)) throw new ReportError(`${kind} has the id ${id} twice: expected different ids`)
    ids.add(id)
  }
  return ids
}

function requireUniqueLabels({ strategies }: EvaluationResults): void {
  const seen = new Set<string>()
  for (const { pair, label } of strategies) {
    const key = JSON.stringify([pair, label])
    if (seen.has(key)) throw new ReportError(`The pair ${pair} has two strategies with the label ${label}`)
    seen.add(key)
  }
}

function requireUniqueAnswers({ answers }: EvaluationResults): void {
  const seen = new Set<string>()
  for (const { prompt, strategy, sample } of answers) {
    const key = JSON.stringify([prompt, strategy, sample])
    if (seen.has(key))
      throw new ReportError(`Strategy ${strategy} has two answers to prompt ${prompt}, sample ${sample}: expected one`)
    seen.add(key)
  }
}

function requireLabels({ strategies, reference, baseline }: EvaluationResults): void {
  const labels = strategies.filter(({ role }) => role === 'method').map(({ label }) => label)
  for (const [field, label] of Object.entries({ reference, baseline }))
    if (label !== null && !labels.includes(label))
      throw new ReportError(
        `${field} is "${label}": expected the label of a method: ${labels.join(', ') || 'none found'}`,
      )
}
