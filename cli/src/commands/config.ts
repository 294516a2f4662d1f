import type { Entry } from '../config/layer.js'
import { loadSettings } from '../config/load-settings.js'
import type { UpFlags } from '../config/read-flags.js'
import { settingKeys } from '../config/settings.js'
import { validateSettings } from './validate-settings.js'
import { findEffectiveSettings } from './effective-settings.js'
import { describeVerdict, type Verdict } from '../pairing/verdict.js'
import { formatTable } from '../util/table.js'
import type { Context } from '../context.js'

export type ConfigFlags = UpFlags & { readonly json?: boolean }

/** Shown for a key of the API, whatever it is. */
const mask = '***'

/** What is decided where nothing is set. */
const byItself: Readonly<Record<string, string>> = {
  precision: 'what fits the source',
  name: "the pair's, or the --dpo's own",
  threads: "a share of the machine's cores",
  kv_bytes: "a share of a quarter of the machine's memory",
}

/** `tandem config`: the settings that `tandem up` would serve with, and where each comes from. Starts nothing. @throws Error as `up`, without looking at any model */
export async function config({ json, ...flags }: ConfigFlags, context: Context): Promise<void> {
  const loaded = await loadSettings(flags, context.environment)
  validateSettings(loaded)
  const found = await findEffectiveSettings(loaded, context)
  const named = [...loaded.entries].filter(([key, { origin }]) => origin.kind !== 'default' || !found.entries.has(key))
  const entries = new Map([...found.entries, ...named])
  const { verdict } = found
  const shown = [...entries]
    .sort(([a], [b]) => orderOf(a) - orderOf(b))
    .map(
      ([key, entry]) => [key, { ...masked(key, entry), ...(key === 'paired' && verdict ? { verdict } : {}) }] as const,
    )
  context.answers.write(json ? `${JSON.stringify(Object.fromEntries(shown), null, 2)}\n` : toTable(shown, entries))
}

const order: readonly string[] = settingKeys
const orderOf = (key: string) => order.indexOf(key.split('.')[0] ?? '')

function masked(key: string, { value, origin }: Entry) {
  const keys = key === 'api_keys' && Array.isArray(value) ? value.map(() => mask) : value
  return { value: keys, from: origin.kind, at: origin.at }
}

type Shown = readonly (readonly [
  string,
  { readonly value: unknown; readonly at: string; readonly verdict?: Verdict },
])[]

function toTable(shown: Shown, entries: ReadonlyMap<string, unknown>): string {
  const open = Object.entries(byItself).filter(([key]) => !entries.has(key))
  const rows = [
    ...shown.map(([key, { value, at, verdict }]) => [key, textOf(value), at, verdict ? describeVerdict(verdict) : '']),
    ...open.map(([key, what]) => [key, `(${what})`, 'default']),
  ]
  return formatTable(rows)
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
