import type { Context } from '../commands/context.js'
import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import type { Beside } from '../stack/start-services.js'
import { prepareModel } from './prepare-model.js'
import type { PreparedPair } from './prepare-pair.js'
import { findSource } from './source.js'

const keys = ['models', 'rewards'] as const

/** Looks for models beside the pair before the first build, which may take minutes. @throws Error as `findSource` */
export async function findBeside(loaded: LoadedSettings): Promise<void> {
  for (const key of keys)
    for (const [name, { source }] of Object.entries(loaded.settings[key]))
      await findSource(source, labelOf(loaded, `${key}.${name}`))
}

/**
 * Makes the models beside a pair ready, one after the other: each build takes all cores and much memory.
 * @throws Error as `prepareModel`
 */
export async function prepareBeside(loaded: LoadedSettings, pair: PreparedPair, context: Context): Promise<Beside> {
  const { precision } = loaded.settings
  const prepareAll = async (key: (typeof keys)[number]) => {
    const places: Record<string, string> = {}
    for (const [name, model] of Object.entries(loaded.settings[key])) {
      const label = labelOf(loaded, `${key}.${name}`)
      places[name] = await prepareModel({ precision, ...model }, label, pair.adapterBase, context)
    }
    return places
  }
  return { models: await prepareAll('models'), rewards: await prepareAll('rewards') }
}
