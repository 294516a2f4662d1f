import { expectationOf } from '@tandem/process'
import type { z } from 'zod'
import { type SettingKey, schemaOf } from './settings.js'

/** The kind of place that a value comes from, the strongest first. */
export type OriginKind = 'flag' | 'file' | 'environment' | 'default'

/** The place that a value comes from. */
export interface Origin {
  readonly kind: OriginKind
  /** The place in words: `--port`, `tandem.yaml:3`, `TANDEM_PORT`, `default`. */
  readonly at: string
}

/** A value, and where it comes from. */
export interface Entry {
  readonly value: unknown
  readonly origin: Origin
}

/**
 * The settings of one origin, by key. Each name in `models`, `rewards` and `telemetry` is a key of
 * its own: `models.amateur`, `telemetry.endpoint`.
 */
export type Layer = ReadonlyMap<string, Entry>

/** The keys of tandem.yaml whose values are maps of settings. */
export const groupKeys: readonly string[] = ['models', 'rewards', 'telemetry']

/** Creates a layer from parsed settings. Groups may be maps, or keys with a dot. */
export function createLayer(
  settings: Readonly<Record<string, unknown>>,
  originOf: (path: readonly string[]) => Origin,
): Layer {
  const layer = new Map<string, Entry>()
  const add = (value: unknown, ...path: string[]) => layer.set(path.join('.'), { value, origin: originOf(path) })
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined) continue
    if (!groupKeys.includes(key)) add(value, key)
    else for (const [name, own] of Object.entries(value ?? {})) if (own !== undefined) add(own, key, name)
  }
  return layer
}

/**
 * Parses the value of one setting.
 * @param at the place of the value in messages
 * @throws Error saying what was found and what was expected
 */
export function parseSetting(key: SettingKey, value: unknown, at: string): unknown {
  const result = schemaOf(key).safeParse(value, { error: expectationOf })
  if (result.success) return result.data
  throw new Error(describeIssue(at, key, value, result.error.issues.map(messageOf).join('; ')))
}

/**
 * Formats a message such as `port is 70000: expected ...`. API keys, headers and passwords are
 * never shown.
 * @param key the setting, or a key below it: `telemetry.headers.authorization`
 */
export function describeIssue(at: string, key: string, found: unknown, expected: string): string {
  if (isSecret(key, found)) return `${at}: ${expected}`
  const text = JSON.stringify(found) ?? 'nothing'
  return `${at} is ${text.length > maxShown ? `${text.slice(0, maxShown)} ...` : text}: ${expected}`
}

/** `telemetry` as a whole may hold headers at a wrong place. */
const isSecret = (key: string, found: unknown): boolean =>
  /^(api_keys|telemetry\.(headers|metrics_key))(\.|$)|^telemetry$/.test(key) ||
  (key === 'telemetry.endpoint' && String(found).includes('@'))

/** Maximum characters of a wrong value in a message. */
const maxShown = 80

/** Returns the message of an issue; for a wrong name in a record, what is wrong with the name. */
export const messageOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_key' ? `the name ${issue.issues[0]?.message}` : issue.message
