import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import type { Context } from '../context.js'
import { prepareModel } from './prepare-model.js'
import type { PreparedPair } from './prepare-pair.js'
import { resolveSourcePath } from './resolve-source.js'
import { findSource } from './source.js'

/**
 * Additional models by name: each is a model folder, or the `grpc://host:port` of a running
 * service.
 */
export interface ExtraModels {
  readonly models: Readonly<Record<string, string>>
  readonly rewards: Readonly<Record<string, string>>
}

const heads = { models: 'vocabulary', rewards: 'score' } as const
type Key = keyof typeof heads

/**
 * Checks the additional models before the first build, which may take minutes, and downloads those
 * of the hub.
 * @returns the settings with paths instead of names of the hub
 * @throws Error as `findSource` and `pullHub`
 */
export async function resolveExtraModels(loaded: LoadedSettings, context: Context): Promise<LoadedSettings> {
  const resolveAll = async (key: Key) => {
    const resolved: LoadedSettings['settings'][typeof key] = {}
    for (const [name, model] of Object.entries(loaded.settings[key])) {
      const label = labelOf(loaded, `${key}.${name}`)
      const source = await resolveSourcePath(model.source, label, context)
      await findSource(source, label)
      const base = model.base && (await resolveSourcePath(model.base, `${label}: base`, context))
      resolved[name] = { ...model, source, base }
    }
    return resolved
  }
  const settings = { ...loaded.settings, models: await resolveAll('models'), rewards: await resolveAll('rewards') }
  return { ...loaded, settings }
}

/**
 * Prepares the additional models one after the other: each build uses all cores and much memory.
 * @throws Error as `prepareModel`
 */
export async function prepareExtraModels(
  loaded: LoadedSettings,
  pair: PreparedPair,
  context: Context,
): Promise<ExtraModels> {
  const { precision } = loaded.settings
  const prepareAll = async (key: Key) => {
    const places: Record<string, string> = {}
    for (const [name, model] of Object.entries(loaded.settings[key])) {
      const label = labelOf(loaded, `${key}.${name}`)
      places[name] = await prepareModel({ precision, ...model }, heads[key], label, pair.adapterBase, context)
    }
    return places
  }
  return { models: await prepareAll('models'), rewards: await prepareAll('rewards') }
}
