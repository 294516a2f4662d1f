/** A metric that an expression reads, with the labels that its selector names. */
export interface Selector {
  readonly metric: string
  readonly labels: readonly string[]
}

/** What an expression of PromQL reads and groups by. */
export interface ParsedExpression {
  readonly selectors: readonly Selector[]
  /** Labels of `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`. */
  readonly grouping: readonly string[]
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const keywords = new Set([
  'offset',
  'and',
  'or',
  'unless',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'bool',
])
const groupingPattern = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g
// A name that a bracket follows is a function.
const selectorPattern = new RegExp(`(?<![\\w:.])(${name})\\s*(?:\\{([^}]*)\\}|(?!\\s*\\(|[\\w:]))`, 'g')

/** Finds the metrics and labels of an expression. Durations and values of labels are ignored. */
export function parseExpression(expression: string): ParsedExpression {
  const plain = expression.replace(/"[^"]*"/g, '""').replace(/\[[^\]]*\]/g, '')
  const grouping = [...plain.matchAll(groupingPattern)].flatMap(([, list = '']) => list.match(/\w+/g) ?? [])
  const selectors = [...plain.replace(groupingPattern, ' ').matchAll(selectorPattern)]
    .filter(([, metric = '']) => !keywords.has(metric))
    .map(([, metric = '', matchers = '']) => ({
      metric,
      labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }))
  return { selectors, grouping }
}
