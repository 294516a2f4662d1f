import { type Arguments, spendArguments, spendIfText, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import type { Filter, FilterRuntime, NamedFilter } from './filter.js'
import { jsonFilter } from './json.js'
import { listFilters } from './list-filters.js'
import { numberFilters } from './number-filters.js'
import { selectFilters } from './select-filters.js'
import { sortFilters } from './sort-filters.js'
import { tests } from './tests.js'
import { textFilters } from './text-filters.js'

/** Filters that return a value of their input, whatever it is, without reading it. */
const passing: ReadonlySet<string> = new Set(['default', 'd', 'string', 'safe', 'first', 'last', 'min', 'max', 'attr'])

/** The filters by name. Each counts as work, and so do the texts that it reads and makes. */
export const filters: ReadonlyMap<string, Filter> = new Map(
  [...textFilters, ...numberFilters, ...listFilters, ...sortFilters, ...selectFilters, jsonFilter].map(
    ([name, run]: NamedFilter) => [name, passing.has(name) ? counted(run) : measured(run)],
  ),
)

function counted(run: Filter): Filter {
  return (input, args, runtime) => {
    spend(costs.call)
    return run(input, args, runtime)
  }
}

function measured(run: Filter): Filter {
  return (input: Value, args: Arguments, runtime: FilterRuntime) => {
    spend(costs.call)
    spendIfText(input)
    spendArguments(args)
    const result = run(input, args, runtime)
    spendIfText(result)
    return result
  }
}

/** Filters of Jinja2 that are not supported: their output is random, or made for HTML pages. */
export const unsupportedFilters: ReadonlySet<string> = new Set(['random', 'urlize', 'pprint', 'wordwrap', 'striptags'])

/** Whether Jinja2 has a filter. */
export function isFilterName(name: string): boolean {
  return filters.has(name) || unsupportedFilters.has(name)
}

/** Whether Jinja2 has a test. */
export function isTestName(name: string): boolean {
  return Object.hasOwn(tests, name) || name === 'filter' || name === 'test'
}
