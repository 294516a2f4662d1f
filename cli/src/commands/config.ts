import type { Entry } from '../config/layer.js'
import { loadSettings } from '../config/load-settings.js'
import type { UpFlags } from '../config/read-flags.js'
import { settingKeys } from '../config/settings.js'
import type { Context } from '../context.js'
import { formatTable } from '../util/table.js'
import { findEffectiveSettings } from './effective-settings.js'
import { validateSettings } from './validate-settings.js'

/** The options of `tandem config`. */
export type ConfigFlags = UpFlags & { readonly json?: boolean }

/** Shown instead of an API key or the value of a header. */
const mask = '***'
const secrets = ['api_keys', 'telemetry.headers', 'telemetry.metrics_key']

/** How a value is chosen if no setting has it. */
const byItself: Readonly<Record<string, string>> = {
  precision: 'what fits the source',
  name: "the pair's, or the --dpo's own",
  threads: "a share of the machine's cores",
  kv_bytes: "a share of a quarter of the machine's memory",
  'telemetry.endpoint': 'none: nothing is exported',
  'telemetry.metrics': 'any free port of 127.0.0.1',
}

/**
 * `tandem config`: prints the settings that `tandem up` would serve with, and where each comes
 * from. Starts nothing.
 * @throws Error as `up`, without looking at any model
 */
export async function config({ json, ...flags }: ConfigFlags, context: Context): Promise<void> {
  const loaded = await loadSettings(flags, context.environment)
  await validateSettings(loaded)
  const found = findEffectiveSettings(loaded)
  const named = [...loaded.entries].filter(([key, { origin }]) => origin.kind !== 'default' || !found.has(key))
  const entries = new Map([...found, ...named])
  const shown = [...entries]
    .sort(([a], [b]) => orderOf(a) - orderOf(b))
    .map(([key, entry]) => [key, masked(key, entry)] as const)
  context.answers.write(json ? `${JSON.stringify(Object.fromEntries(shown), null, 2)}\n` : toTable(shown, entries))
}

const order: readonly string[] = settingKeys
const orderOf = (key: string) => order.indexOf(order.includes(key) ? key : (key.split('.')[0] ?? ''))

function masked(key: string, { value, origin }: Entry) {
  return {
    value: secrets.includes(key) ? maskAll(value) : value,
    from: origin.kind,
    at: origin.at,
  }
}

function maskAll(value: unknown): unknown {
  if (typeof value === 'string') return mask
  if (Array.isArray(value)) return value.map(() => mask)
  return Object.fromEntries(Object.keys(value ?? {}).map((name) => [name, mask]))
}

type Shown = readonly (readonly [string, { readonly value: unknown; readonly at: string }])[]

function toTable(shown: Shown, entries: ReadonlyMap<string, unknown>): string {
  const open = Object.entries(byItself).filter(([key]) => !entries.has(key))
  const rows = [
    ...shown.map(([key, { value, at }]) => [key, textOf(value), at]),
    ...open.map(([key, what]) => [key, `(${what})`, 'default']),
  ]
  return formatTable(rows)
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
