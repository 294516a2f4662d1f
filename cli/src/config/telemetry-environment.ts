import { expectationOf, flagVariable } from '@tandem/process'
import { describeIssue } from './layer.js'
import { type TelemetryKey, telemetrySchema, telemetryVariables } from './telemetry-settings.js'

const samplerVariable = 'OTEL_TRACES_SAMPLER'
/** The sampler whose argument is `sample_ratio`. */
const ratioSampler = 'parentbased_traceidratio'

/** Returns the environment variables that say what a key of `telemetry` says. */
export function toTelemetryVariables(key: TelemetryKey, value: unknown): NodeJS.ProcessEnv {
  const own = { [telemetryVariables[key]]: toText(value) }
  return key === 'sample_ratio' ? { [samplerVariable]: ratioSampler, ...own } : own
}

function toText(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'object' && value !== null ? formatHeaders(value) : String(value)
}

/**
 * Reads a key of `telemetry` from the environment. The variables of OpenTelemetry belong to every
 * program of the user: one that is empty, or means something that no key can say, has no value here
 * and reaches the processes as it is. Those of Tandem must be right.
 * @returns the value, still to be checked; undefined if there is none
 */
export function readTelemetryVariable(key: TelemetryKey, environment: NodeJS.ProcessEnv): unknown {
  const variable = telemetryVariables[key]
  const text = environment[variable]
  if (text === undefined) return undefined
  if (!variable.startsWith('OTEL_')) return parseText(key, text)
  const isOther = key === 'sample_ratio' && !/^(parentbased_)?traceidratio$/.test(environment[samplerVariable] ?? '')
  const value = text.trim() === '' || isOther ? undefined : parseText(key, text.trim())
  return telemetrySchema.shape[key].safeParse(value).success ? value : undefined
}

function parseText(key: TelemetryKey, text: string): unknown {
  if (key === 'headers') return parseHeaders(text)
  if (key === 'sample_ratio' || key === 'token_ratio')
    return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)
  if (key === 'content' || key === 'metrics_insecure') return parseFlag(key, text)
  return text
}

function parseFlag(key: TelemetryKey, text: string): boolean {
  const result = flagVariable().safeParse(text, { error: expectationOf })
  if (result.success) return result.data
  throw new Error(
    describeIssue(telemetryVariables[key], `telemetry.${key}`, text, result.error.issues[0]?.message ?? ''),
  )
}

/** Formats headers as OpenTelemetry reads them: `key1=value1,key2=value2`, percent-encoded. */
function formatHeaders(headers: object): string {
  return Object.entries(headers)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join(',')
}

/** Returns undefined if the text is not a list of headers. */
function parseHeaders(text: string): Readonly<Record<string, string>> | undefined {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '')
  try {
    return Object.fromEntries(
      pairs.map((pair) => {
        const end = pair.indexOf('=')
        return [pair.slice(0, end), pair.slice(end + 1)].map((part) => decodeURIComponent(part.trim()))
      }),
    ) as Record<string, string>
  } catch {
    return undefined
  }
}
