import { createLayer, describeIssue, type Layer, parseSetting } from './layer.js'
import { processVariables, type SettingKey, settingKeys, variableOf } from './settings.js'

/** What the environment says of settings. @throws Error naming the variable that is wrong, what it is and what was expected */
export function readEnvironment(environment: NodeJS.ProcessEnv): Layer {
  const settings: Partial<Record<SettingKey, unknown>> = {}
  const variables = new Map<string, string>()
  for (const key of settingKeys) {
    const variable = variableOf(key)
    const text = variable === null ? undefined : environment[variable]
    if (variable === null || text === undefined) continue
    variables.set(key, variable)
    settings[key] = parseSetting(key, readText(key, variable, text), variable)
  }
  return createLayer(settings, ([key = '']) => ({ kind: 'environment', at: variables.get(key) ?? '' }))
}

function readText(key: SettingKey, variable: string, text: string): unknown {
  if (key === 'models' || key === 'rewards') return readAddresses(variable, text)
  const result = processVariables[variable]?.safeParse(text)
  if (!result?.success) throw new Error(describeIssue(variable, key, text, result?.error.issues[0]?.message ?? ''))
  return key === 'sft' || key === 'dpo' ? `grpc://${text}` : result.data
}

/** `name=host:port,name=host:port` */
function readAddresses(variable: string, text: string): Record<string, string> {
  const entries = text.split(',').filter((entry) => entry.trim() !== '')
  return Object.fromEntries(
    entries.map((entry) => {
      const [name = '', address] = entry.trim().split('=', 2)
      if (address === undefined)
        throw new Error(describeIssue(variable, '', text, 'expected name=host:port, with commas between'))
      return [name, `grpc://${address}`]
    }),
  )
}
