import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadSettings } from './load-settings.js'
import { flagNames, processVariables, settingKeys, variableOf } from './settings.js'

const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')
const rows = new Map(
  [...page.matchAll(/^\| `([a-z_.]+)` \|(.*)\|$/gm)].map(([, key = '', cells = '']) => [
    key,
    cells.split('|').map((cell) => cell.trim()),
  ]),
)

it('docs/configuration.md lists exactly the keys of the settings', () => {
  expect([...rows.keys()].filter((key) => key !== 'source').sort()).toEqual([...settingKeys].sort())
})

it('docs/configuration.md names every variable of the gateway and the services', () => {
  expect(Object.keys(processVariables).filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})

it('the example of docs/configuration.md is valid', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-example-'))
  try {
    await writeFile(join(folder, 'tandem.yaml'), /```yaml\n([^`]*)```/.exec(page)?.[1] ?? '')
    const { settings } = await loadSettings({}, { MY_KEYS: 'one,two' }, folder)
    expect(Object.keys(settings.models)).toEqual(['amateur', 'away', 'other'])
    expect(settings).toMatchObject({ end_tokens: ['<user>'], api_keys: ['one', 'two'], max_concurrent: 32 })
  } finally {
    await rm(folder, { recursive: true })
  }
})

it('the telemetry of docs/configuration.md is valid', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-example-'))
  try {
    await writeFile(join(folder, 'tandem.yaml'), /```yaml\n(telemetry:[^`]*)```/.exec(page)?.[1] ?? '')
    const { settings } = await loadSettings({}, {}, folder)
    expect(settings.telemetry).toMatchObject({ protocol: 'grpc', sample_ratio: 0.05, metrics: '127.0.0.1:9464' })
  } finally {
    await rm(folder, { recursive: true })
  }
})

it.each(settingKeys)('docs/configuration.md: flag, variable and default of %s', async (key) => {
  const [flag = '', variable = '', standard = ''] = rows.get(key) ?? []
  expect(flag.replaceAll('`', '').split(' ')[0]).toBe(flagNames[key] ?? '')
  expect(variable.replaceAll('`', '')).toBe(variableOf(key) ?? '')
  const { entries } = await loadSettings({}, {}, '/nowhere')
  const value = entries.get(key)?.value
  const isNone = Array.isArray(value) && value.length === 0
  if (value !== undefined && !isNone) expect(standard).toContain(`\`${value}\``)
})
