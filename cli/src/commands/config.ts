import type { Entry } from '../config/layer.js'
import { type LoadedSettings, loadSettings } from '../config/load-settings.js'
import type { UpFlags } from '../config/read-flags.js'
import { settingKeys } from '../config/settings.js'
import { findVerdict } from '../pairing/choose-form.js'
import { formOptions } from '../pairing/form-options.js'
import { describeVerdict, type Verdict } from '../pairing/verdict.js'
import { isHubName } from '../pull/hub/hub-name.js'
import { planPair } from '../sources/plan-pair.js'
import { formatTable } from '../table.js'
import type { Context } from './context.js'

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

/** `tandem config`: the settings that `tandem up` would serve with, and where each comes from. Starts nothing. */
export async function config({ json, ...flags }: ConfigFlags, context: Context): Promise<void> {
  const loaded = await loadSettings(flags, context.environment)
  const { entries } = loaded
  const verdict = await knownVerdict(loaded, context)
  const shown = [...entries]
    .sort(([a], [b]) => orderOf(a) - orderOf(b))
    .map(
      ([key, entry]) => [key, { ...masked(key, entry), ...(key === 'paired' && verdict ? { verdict } : {}) }] as const,
    )
  context.answers.write(json ? `${JSON.stringify(Object.fromEntries(shown), null, 2)}\n` : toTable(shown, entries))
}

/** What an earlier `up` has measured. Sources that are wrong are told by `up`; nothing is pulled for the sake of this. */
async function knownVerdict(loaded: LoadedSettings, context: Context): Promise<Verdict | null> {
  const { pair, sft, dpo } = loaded.settings
  const isHere = sft !== undefined && dpo !== undefined && !isHubName(sft) && !isHubName(dpo)
  if (pair === undefined && !isHere) return null
  const quiet = { ...context, output: { write: () => undefined } }
  const plan = await planPair(loaded.settings, quiet).catch(() => null)
  return plan && findVerdict(plan, formOptions(loaded), context).catch(() => null)
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
