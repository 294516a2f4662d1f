import { expectationOf } from '@tandem/gateway/config'
import type { z } from 'zod'
import { type SettingKey, settingsSchema } from './settings.js'

/** Where a value comes from, the strongest first. */
export type OriginKind = 'flag' | 'file' | 'environment' | 'default'

export interface Origin {
  readonly kind: OriginKind
  /** For people: `--port`, `tandem.yaml:3`, `TANDEM_PORT`, `default`. */
  readonly at: string
}

export interface Entry {
  readonly value: unknown
  readonly origin: Origin
}

/** What one origin says, by key. Of `models` and `rewards` each name is a key: `models.amateur`. */
export type Layer = ReadonlyMap<string, Entry>

/** A layer of settings that have been parsed. */
export function createLayer(
  settings: Readonly<Record<string, unknown>>,
  originOf: (path: readonly string[]) => Origin,
): Layer {
  const layer = new Map<string, Entry>()
  const add = (value: unknown, ...path: string[]) => layer.set(path.join('.'), { value, origin: originOf(path) })
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined) continue
    if (key !== 'models' && key !== 'rewards') add(value, key)
    else for (const [name, model] of Object.entries(value ?? {})) add(model, key, name)
  }
  return layer
}

/**
 * A value of the form that settings have.
 * @param at how messages name its place
 * @throws Error telling what was found and what was expected
 */
export function parseSetting(key: SettingKey, value: unknown, at: string): unknown {
  const result = settingsSchema.shape[key].safeParse(value, { error: expectationOf })
  if (result.success) return result.data
  throw new Error(describeIssue(at, key, value, result.error.issues.map(messageOf).join('; ')))
}

/** `port is 70000: ...`; keys for the API are never shown. */
export function describeIssue(at: string, key: string, found: unknown, expected: string): string {
  if (key === 'api_keys') return `${at}: ${expected}`
  const text = JSON.stringify(found) ?? 'nothing'
  return `${at} is ${text.length > maxShown ? `${text.slice(0, maxShown)} ...` : text}: ${expected}`
}

/** Characters of a wrong value. */
const maxShown = 80

/** The message of an issue; of a wrong name in a record, what is wrong with it. */
export const messageOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_key' ? `the name ${issue.issues[0]?.message}` : issue.message
