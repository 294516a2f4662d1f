import type { Context } from '../commands/context.js'
import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import type { Beside } from '../stack/start-services.js'
import { type ModelSource, prepareModel } from './prepare-model.js'
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
 * Makes the models beside a pair ready, one after the other: each build takes all cores and much memory. A pair's own reward model is
 * `picker`, behind those of the settings, unless one of them has that name.
 * @throws Error as `prepareModel`
 */
export async function prepareBeside(loaded: LoadedSettings, pair: PreparedPair, context: Context): Promise<Beside> {
  const { precision, models, rewards } = loaded.settings
  const prepareAll = async (key: (typeof keys)[number], sources: Readonly<Record<string, ModelSource>>) => {
    const places: Record<string, string> = {}
    for (const [name, model] of Object.entries(sources)) {
      const label = labelOf(loaded, `${key}.${name}`)
      places[name] = await prepareModel({ precision, ...model }, label, pair.adapterBase, context)
    }
    return places
  }
  const own = pair.picker === null || 'picker' in rewards ? {} : { picker: { source: pair.picker } }
  return { models: await prepareAll('models', models), rewards: await prepareAll('rewards', { ...rewards, ...own }) }
}
