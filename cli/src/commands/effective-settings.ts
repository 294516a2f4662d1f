import { catalog } from '@tandem/models'
import { shareOfKvBytes, shareOfThreads } from '@tandem/services'
import type { Context } from '../context.js'
import type { Entry } from '../config/layer.js'
import type { LoadedSettings } from '../config/load-settings.js'
import { isHubName } from '../source-text/hub-name.js'
import { type PairPlan, planPair } from '../sources/plan-pair.js'
import { countLogitServices } from '../stack/start-services.js'
import { findForm, findVerdict } from '../pairing/choose-form.js'
import { formOptions } from '../pairing/form-options.js'
import type { Verdict } from '../pairing/verdict.js'

/** What settings leave to the machine and the models. */
export interface Effective {
  /** What an earlier `up` has measured. */
  readonly verdict: Verdict | null
  /** Values of keys that no setting has, as far as they can be known without pulling or starting anything. */
  readonly entries: ReadonlyMap<string, Entry>
}

/** What `tandem up` would find out, as far as it is known here. */
export async function findEffectiveSettings(loaded: LoadedSettings, context: Context): Promise<Effective> {
  const plan = await planKnown(loaded, context)
  const options = formOptions(loaded)
  const quietly = <T>(found: Promise<T>) => found.catch(() => null)
  const verdict = plan && (await quietly(findVerdict(plan, options, context)))
  const isPaired = plan ? await quietly(findForm(plan, options, context)) : options.paired === false ? false : null
  const { settings } = loaded
  const values: Record<string, unknown> = {}
  const pair = catalog.find(({ name }) => name === settings.pair)
  if (pair) values.end_tokens = pair.endTokens
  const sharers = isPaired === null ? null : countSharers(loaded, isPaired)
  if (sharers !== null && sharers > 0) {
    values.threads = shareOfThreads(sharers)
    values.kv_bytes = shareOfKvBytes(sharers)
  }
  const entries = Object.entries(values).map(([key, value]) => [key, { value, origin: byDefault }] as const)
  return { verdict, entries: new Map(entries) }
}

const byDefault = { kind: 'default', at: 'default' } as const

/** Sources that are wrong are told by `up`; nothing is pulled for the sake of this. */
async function planKnown({ settings }: LoadedSettings, context: Context): Promise<PairPlan | null> {
  const { pair, sft, dpo } = settings
  const isHere = sft !== undefined && dpo !== undefined && !isHubName(sft) && !isHubName(dpo)
  if (pair === undefined && !isHere) return null
  return planPair(settings, { ...context, output: { write: () => undefined } }).catch(() => null)
}

function countSharers({ settings }: LoadedSettings, isPaired: boolean): number {
  const { sft = 'here', dpo = 'here' } = settings
  const models = Object.fromEntries(Object.entries(settings.models).map(([name, { source }]) => [name, source]))
  return countLogitServices({ sft, dpo, isPaired }, { models })
}
