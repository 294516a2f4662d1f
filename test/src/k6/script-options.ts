/** The part of a script's options that the adapter reads. */
export interface ScriptOptions {
  readonly scenarios?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly thresholds?: Readonly<Record<string, readonly (string | { readonly threshold: string })[]>>
}

const required: Readonly<Record<string, readonly string[]>> = {
  'shared-iterations': ['iterations'],
  'per-vu-iterations': ['iterations'],
  'constant-vus': ['duration'],
  'constant-arrival-rate': ['rate', 'duration', 'preAllocatedVUs'],
  'ramping-arrival-rate': ['stages', 'preAllocatedVUs'],
}
const duration = /^(\d+(\.\d+)?(ms|s|m|h))+$/
const durations = new Set(['duration', 'maxDuration', 'startTime', 'timeUnit', 'gracefulStop'])

/**
 * Returns what k6 would refuse in a scenario and its type does not say: missing, broken and wrong
 * values.
 */
export function scenarioProblems(name: string, scenario: Readonly<Record<string, unknown>>): string[] {
  const keys = required[`${scenario.executor}`]
  if (keys === undefined) return [`scenario ${name}: the adapter does not know the executor ${scenario.executor}`]
  const missing = keys.filter((key) => scenario[key] === undefined).map((key) => `scenario ${name} lacks ${key}`)
  return [...missing, ...valueProblems(name, scenario)]
}

function valueProblems(name: string, values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const what = `scenario ${name}: ${key} is ${value}`
    if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? [] : [`${what}: expected an integer`]
    if (durations.has(key)) return duration.test(`${value}`) ? [] : [`${what}: expected a duration such as 30s`]
    return key === 'stages' ? (value as Record<string, unknown>[]).flatMap((stage) => valueProblems(name, stage)) : []
  })
}

/** Returns the expressions of the thresholds with their metrics. */
export const thresholdsOf = ({ thresholds = {} }: ScriptOptions): readonly (readonly [string, string])[] =>
  Object.entries(thresholds).flatMap(([key, list]) =>
    list.map((one) => [key, typeof one === 'string' ? one : one.threshold] as const),
  )
