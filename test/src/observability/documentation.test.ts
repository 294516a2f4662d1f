import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  attributeNames,
  conventionsVersion,
  metricDefinitions,
  parseTelemetryConfig,
  prometheusName,
  spanNames,
} from '@tandem/telemetry'
import { expect, test } from 'vitest'
import { repositoryFolder } from '../support/fixtures.js'
import { readDashboard, readRules } from './testing/deployed.js'
import { labelOf, metricKeys } from './testing/series.js'

const page = readFileSync(join(repositoryFolder, 'docs/observability.md'), 'utf8')

/** Returns the rows of the table whose first column has this title. */
function rowsOf(title: string): string[][] {
  const [, table = ''] = page.split(`\n| ${title} |`)
  const [, , ...lines] = table.split('\n')
  const end = lines.findIndex((line) => !line.startsWith('|'))
  return lines.slice(0, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const codes = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
const names = (title: string) => rowsOf(title).flatMap(([cell]) => codes(cell))

test('lists every span, with its process and its meaning', () => {
  const requests = ['chat {model}', 'text_completion {model}']
  expect(names('span').sort()).toEqual([...Object.values(spanNames), ...requests].sort())
  for (const cells of rowsOf('span')) expect(cells.every((cell) => cell !== '')).toBe(true)
  const tree = page.slice(page.indexOf('## The tree of spans'), page.indexOf('### Spans'))
  for (const name of Object.values(spanNames)) expect(tree).toMatch(new RegExp(`─ ${name}\\b`))
})

test('lists every attribute, with its type or unit, its spans and its meaning', () => {
  expect(names('attribute').sort()).toEqual(Object.values<string>(attributeNames).sort())
  const spans = new Set(['request', ...Object.values<string>(spanNames)])
  for (const [, unit, where = '', meaning] of rowsOf('attribute')) {
    expect([unit, meaning]).not.toContain('')
    expect([...spans]).toEqual(expect.arrayContaining(where.split(', ')))
  }
})

test('lists every metric as the code defines it', () => {
  const expected = metricKeys.map((key) => {
    const { kind, unit, attributes, processes, description } = metricDefinitions[key]
    const type = kind.endsWith('counter') && kind !== 'up-down-counter' ? 'counter' : kind
    const isGauge = kind === 'up-down-counter' || kind === 'observable-gauge'
    const labels = attributes.map((name) => `\`${labelOf(name)}\``).join(', ')
    const named = processes.map((name) => (name === 'gateway' ? name : `${name} service`))
    const where = processes.length === 3 ? 'all' : named.join(', ')
    return [`\`${prometheusName(key)}\``, isGauge ? 'gauge' : type, unit || '1', labels, where, description]
  })
  expect(rowsOf('metric in Prometheus')).toEqual(expected)
})

test('says which values every label has', () => {
  const labels = metricKeys.flatMap((key) => metricDefinitions[key].attributes.map(labelOf))
  expect(names('label').sort()).toEqual([...new Set(labels)].sort())
})

test('explains every alert', () => {
  expect(names('alert')).toEqual(readRules().map(({ alert }) => alert))
})

test('names the rows of the dashboard', () => {
  const rows = readDashboard().panels.flatMap(({ targets, title }) => (targets ? [] : [title]))
  expect([...page.matchAll(/^- \*\*(.+)\*\*: /gm)].map(([, title]) => title)).toEqual(rows)
})

test('has the defaults of the code and the version of the conventions', () => {
  const { metricsListen, tokenRatio, hasContent } = parseTelemetryConfig({})
  const defaults = new Map(rowsOf('in tandem.yaml').map(([key, , standard]) => [codes(key)[0], codes(standard)[0]]))
  expect(defaults.get('telemetry.token_ratio')).toBe(String(tokenRatio))
  expect(defaults.get('telemetry.metrics')).toBe(metricsListen)
  expect(defaults.get('telemetry.content')).toBe(hasContent ? '1' : '0')
  expect(page).toContain(`version ${conventionsVersion} of OpenTelemetry's semantic conventions`)
})
