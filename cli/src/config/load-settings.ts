import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { catalog, defaultPairName } from '@tandem/models/catalog'
import { maxExtraModels } from '@tandem/process'
import type { z } from 'zod'
import { createLayer, type Entry, groupKeys, type Layer, type Origin } from './layer.js'
import { readEnvironment } from './read-environment.js'
import { readFlags, type UpFlags } from './read-flags.js'
import { processVariables, settingKeys, settingsSchema, telemetryKeyOf, variableOf } from './settings.js'

/** The settings file that is read if it exists in the current folder. */
export const defaultFileName = 'tandem.yaml'

const effectiveSchema = settingsSchema.required({
  host: true,
  port: true,
  api_keys: true,
  models: true,
  rewards: true,
  telemetry: true,
  paired: true,
  device: true,
  replicas: true,
  strict: true,
})

/** The effective settings, and where each value comes from. */
export interface LoadedSettings {
  readonly settings: z.output<typeof effectiveSchema>
  /** The strongest entry of each key. Values that a process chooses by itself are missing. */
  readonly entries: Layer
  /** The file that was read; null without one. */
  readonly file: string | null
}

/**
 * Loads the settings: the command line wins over the file, the file over the environment, and that
 * over the defaults.
 * @param folder the folder of paths such as `flags.config`
 * @param file the settings file; null reads none. Default: `flags.config`, else `tandem.yaml` if it
 * exists
 * @throws Error naming the flag, line of the file or variable that is wrong, its value and what was
 * expected
 */
export async function loadSettings(
  flags: UpFlags,
  environment: NodeJS.ProcessEnv,
  folder: string = process.cwd(),
  file: string | null = findFile(flags, folder),
): Promise<LoadedSettings> {
  const entries = mergeLayers([
    readFlags(flags),
    file === null ? new Map() : await readFile(file, folder, environment),
    readEnvironment(environment),
    defaults,
  ])
  for (const [key, what] of [
    ['models', 'additional models (--model)'],
    ['rewards', 'reward models (--reward)'],
  ] as const) {
    const count = countNamed(entries, key)
    if (count > maxExtraModels) throw new Error(`found ${count} ${what}: expected at most ${maxExtraModels}`)
  }
  const complete = addPicker(entries)
  return { settings: joinEntries(complete), entries: complete, file }
}

async function readFile(path: string, folder: string, environment: NodeJS.ProcessEnv): Promise<Layer> {
  // Loaded here, because many starts have no file and need no parser of YAML.
  const { readSettingsFile } = await import('./read-file.js')
  return readSettingsFile(path, folder, environment)
}

const findFile = ({ config }: UpFlags, folder: string): string | null =>
  config ?? (existsSync(join(folder, defaultFileName)) ? defaultFileName : null)

const countNamed = (entries: Layer, key: 'models' | 'rewards'): number =>
  [...entries.keys()].filter((entry) => entry.startsWith(`${key}.`)).length

/**
 * Adds the reward model of a catalog pair after the named ones, unless one of them has its name or
 * there are as many as can be served.
 */
function addPicker(entries: Layer): Layer {
  const pair = catalog.find(({ name }) => name === entries.get('pair')?.value)
  const picker = pair && createLayer({ rewards: { picker: { source: pair.picker } } }, () => byDefault)
  const fits = !entries.has('rewards.picker') && countNamed(entries, 'rewards') < maxExtraModels
  return picker && fits ? new Map([...entries, ...picker]) : entries
}

/** Returns the name of a setting in messages: `--sft`, `tandem.yaml:3: sft`, `TANDEM_SFT`. */
export function labelOf({ entries }: LoadedSettings, key: string): string {
  const origin = entries.get(key)?.origin
  return origin?.kind === 'file' ? `${origin.at}: ${key}` : (origin?.at ?? key)
}

const byDefault: Origin = { kind: 'default', at: 'default' }

/** The defaults that do not depend on the machine or the models. */
const defaults: Layer = createLayer(
  {
    pair: defaultPairName,
    paired: false,
    replicas: 1,
    ...Object.fromEntries(
      settingKeys.flatMap((key) => {
        const isLeft = key === 'name' || telemetryKeyOf(key) !== null
        const result = isLeft ? undefined : processVariables[variableOf(key) ?? '']?.safeParse(undefined)
        return result?.success && result.data !== undefined ? [[key, result.data]] : []
      }),
    ),
    device: 'cpu',
    telemetry: { content: false },
  },
  () => byDefault,
)

/** @param layers the strongest first */
function mergeLayers(layers: readonly Layer[]): Layer {
  const merged = new Map<string, Entry>()
  for (const layer of layers) {
    // A catalog pair and two own models exclude each other: the stronger origin decides.
    const hasPair = merged.has('pair')
    const hasModels = merged.has('sft') || merged.has('dpo')
    // The scale was chosen for the adapter of its own origin.
    const hasAdapter = hasPair || merged.has('dpo')
    for (const [key, entry] of layer) {
      const isDecided =
        key === 'pair' ? hasModels : key === 'adapter_scale' ? hasAdapter : hasPair && (key === 'sft' || key === 'dpo')
      if (!isDecided && !merged.has(key)) merged.set(key, entry)
    }
  }
  return merged
}

function joinEntries(entries: Layer): LoadedSettings['settings'] {
  const joined: Record<string, unknown> = {}
  const groups = Object.fromEntries(groupKeys.map((key) => [key, {} as Record<string, unknown>]))
  for (const [path, { value }] of entries) {
    const [key = '', name] = path.split('.')
    const group = groups[key]
    if (group && name !== undefined) group[name] = value
    else joined[key] = value
  }
  return effectiveSchema.parse({ ...joined, ...groups })
}
