import type { LoadedSettings } from './load-settings.js'
import { type SettingKey, settingKeys, telemetryKeyOf, variableOf } from './settings.js'
import { toTelemetryVariables } from './telemetry-environment.js'

/**
 * Returns the environment for our processes: the given one, with the values of the command line and
 * the file. Defaults are left out, because each process has its own.
 */
export function overlayEnvironment({ entries }: LoadedSettings, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const overlaid: NodeJS.ProcessEnv = { ...environment }
  for (const key of settingKeys) {
    const variable = variableOf(key)
    const entry = entries.get(key)
    if (variable === null || !entry || ofStack.has(key)) continue
    if (entry.origin.kind !== 'flag' && entry.origin.kind !== 'file') continue
    const own = telemetryKeyOf(key)
    if (own === null) overlaid[variable] = toText(key, entry.value)
    else Object.assign(overlaid, toTelemetryVariables(own, entry.value))
  }
  return overlaid
}

/** Keys that the stack passes to its processes itself. */
const ofStack: ReadonlySet<SettingKey> = new Set([
  'sft',
  'dpo',
  'models',
  'rewards',
  'name',
  'host',
  'port',
  'api_keys',
  'api_keys_file',
])

function toText(key: SettingKey, value: unknown): string {
  if (key === 'cors_origins' && Array.isArray(value)) return value.join(',')
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
