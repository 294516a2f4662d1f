import type { Context } from '../commands/context.js'
import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import type { Beside } from '../stack/start-services.js'
import { bringPath } from './bring-source.js'
import { prepareModel } from './prepare-model.js'
import type { PreparedPair } from './prepare-pair.js'
import { findSource } from './source.js'

const keys = ['models', 'rewards'] as const

/**
 * Looks for models beside the pair before the first build, which may take minutes, and pulls those that are on the hub.
 * @returns the settings with paths in the place of the hub's names
 * @throws Error as `findSource` and `pullHub`
 */
export async function bringBeside(loaded: LoadedSettings, context: Context): Promise<LoadedSettings> {
  const bringAll = async (key: (typeof keys)[number]) => {
    const brought: LoadedSettings['settings'][typeof key] = {}
    for (const [name, model] of Object.entries(loaded.settings[key])) {
      const label = labelOf(loaded, `${key}.${name}`)
      const source = await bringPath(model.source, label, context)
      await findSource(source, label)
      const base = model.base && (await bringPath(model.base, `${label}: base`, context))
      brought[name] = { ...model, source, base }
    }
    return brought
  }
  const settings = { ...loaded.settings, models: await bringAll('models'), rewards: await bringAll('rewards') }
  return { ...loaded, settings }
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
