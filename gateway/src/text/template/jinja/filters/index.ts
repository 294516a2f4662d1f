import type { Filter } from './filter.js'
import { jsonFilter } from './json.js'
import { listFilters } from './list-filters.js'
import { numberFilters } from './number-filters.js'
import { selectFilters } from './select-filters.js'
import { sortFilters } from './sort-filters.js'
import { tests } from './tests.js'
import { textFilters } from './text-filters.js'

/** The filters by name. */
export const filters: ReadonlyMap<string, Filter> = new Map([
  ...textFilters,
  ...numberFilters,
  ...listFilters,
  ...sortFilters,
  ...selectFilters,
  jsonFilter,
])

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
