import { markdownTable } from '@tandem/test'
import type { LoadResult } from '../load-result.js'
import { findingsOf } from './findings.js'
import { definitions, machineOf, methodOf } from './method.js'
import { plotsOf } from './plots.js'
import type { Section } from './section.js'
import { keyValueTable, loadTable, routeTable } from './tables.js'

/** Returns the report of a load test. */
export const sectionsOf = (result: LoadResult): readonly Section[] => [
  { title: 'Streams', text: findingsOf(result), table: loadTable(result.loads), plots: plotsOf(result) },
  ...(result.routes.length === 0 ? [] : [{ title: 'Routes that do not stream', table: routeTable(result.routes) }]),
  ...(Object.keys(result.facts.keyValues).length === 0
    ? []
    : [{ title: 'Memory of keys and values', table: keyValueTable(result) }]),
  { title: 'Machine', text: [machineOf(result)] },
  { title: 'Method', text: [...methodOf(result), ...definitions] },
]

/** Returns the part of a report that docs/operations.md publishes. */
export const publishedOf = (result: LoadResult): string =>
  [
    markdownTable(loadTable(result.loads)),
    ...findingsOf(result),
    ...(result.routes.length === 0 ? [] : [markdownTable(routeTable(result.routes))]),
    ...(Object.keys(result.facts.keyValues).length === 0 ? [] : [markdownTable(keyValueTable(result))]),
    ...methodOf(result),
    machineOf(result),
  ].join('\n\n')
