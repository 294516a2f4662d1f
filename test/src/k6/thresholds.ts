import type { MetricsRegistry, MetricType } from './metrics-registry.js'

/** What a threshold can read of each type of metric. */
const aggregations: Readonly<Record<MetricType, RegExp>> = {
  counter: /^(count|rate)$/,
  gauge: /^value$/,
  rate: /^rate$/,
  trend: /^(avg|min|max|med|p\(\d+(\.\d+)?\))$/,
}
const expression = /^\s*(?<read>[a-z]+(?:\([\d.]+\))?)\s*(?<compare>===?|!=|<=?|>=?)\s*(?<limit>-?\d+(?:\.\d+)?)\s*$/
const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '===': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}

/**
 * Checks a threshold of a script.
 * @param key the metric, or the metric with tags: "tandem_first_token{scenario:after}" @returns
 *   what is wrong with it, or null. Trends are times, which a run of a few iterations does not
 *   judge
 */
export function problemOf(key: string, text: string, registry: MetricsRegistry): string | null {
  const { name = '', tags = '' } = /^(?<name>[^{]+)(?:\{(?<tags>.+)\})?$/.exec(key)?.groups ?? {}
  const type = registry.typeOf(name)
  if (type === undefined) return `the threshold of ${key} names an unknown metric: expected one of k6 or of the script`
  const { read = '', compare = '', limit = '' } = expression.exec(text)?.groups ?? {}
  if (!aggregations[type].test(read)) return `the threshold ${key}: ${text} does not fit a ${type}`
  if (type === 'trend') return null
  const values = registry.samplesOf(name, parseTags(tags)).map(({ value }) => value)
  const sum = values.reduce((total, value) => total + value, 0)
  const found = read === 'rate' && type === 'rate' ? sum / values.length : sum
  if (type === 'rate' && values.length === 0) return null
  return comparisons[compare]?.(found, Number(limit)) ? null : `the threshold ${key}: ${text} fails: found ${found}`
}

const parseTags = (text: string): Record<string, string> =>
  Object.fromEntries(
    text
      .split(',')
      .filter((tag) => tag !== '')
      .map((tag) => tag.split(':').map((part) => part.trim())),
  )
