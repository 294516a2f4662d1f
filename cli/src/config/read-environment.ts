import { expectationOf } from '@tandem/process'
import { toServiceSource } from '../source-text/service-address.js'
import { createLayer, describeIssue, type Layer, parseSetting } from './layer.js'
import { processVariables, type SettingKey, settingKeys, telemetryKeyOf, variableOf } from './settings.js'
import { readTelemetryVariable } from './telemetry-environment.js'

/**
 * Reads the settings of the environment.
 * @throws Error naming the variable that is wrong, its value and what was expected
 */
export function readEnvironment(environment: NodeJS.ProcessEnv): Layer {
  const settings: Partial<Record<SettingKey, unknown>> = {}
  const variables = new Map<string, string>()
  for (const key of settingKeys) {
    const variable = variableOf(key)
    const value = variable === null ? undefined : readVariable(key, variable, environment)
    if (variable === null || value === undefined) continue
    variables.set(key, variable)
    settings[key] = parseSetting(key, value, variable)
  }
  return createLayer(settings, ([key = '']) => ({ kind: 'environment', at: variables.get(key) ?? '' }))
}

function readVariable(key: SettingKey, variable: string, environment: NodeJS.ProcessEnv): unknown {
  const own = telemetryKeyOf(key)
  if (own !== null) return readTelemetryVariable(own, environment)
  const text = environment[variable]
  return text === undefined ? undefined : readText(key, variable, text)
}

function readText(key: SettingKey, variable: string, text: string): unknown {
  if (key === 'device') return text
  const result = processVariables[variable]?.safeParse(text, { error: expectationOf })
  if (!result?.success) throw new Error(describeIssue(variable, key, text, result?.error.issues[0]?.message ?? ''))
  if (key === 'sft' || key === 'dpo') return `grpc://${text}`
  return result.data instanceof Map ? toSources(result.data) : result.data
}

/** Turns addresses by name, one or several each, as the processes have them, into sources. */
const toSources = (addresses: ReadonlyMap<unknown, unknown>) =>
  Object.fromEntries([...addresses].map(([name, address]) => [name, toServiceSource([address].flat().map(String))]))
