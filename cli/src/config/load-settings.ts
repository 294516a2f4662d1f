import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { catalog, defaultPairName } from '@tandem/models'
import type { z } from 'zod'
import { createLayer, type Entry, type Layer, type Origin } from './layer.js'
import { readEnvironment } from './read-environment.js'
import { readSettingsFile } from './read-file.js'
import { readFlags, type UpFlags } from './read-flags.js'
import { maxExtraModels, processVariables, settingKeys, settingsSchema, variableOf } from './settings.js'

/** Read where it stands in the folder that a command is started in. */
export const defaultFileName = 'tandem.yaml'

const effectiveSchema = settingsSchema.required({
  host: true,
  port: true,
  api_keys: true,
  models: true,
  rewards: true,
  paired: true,
  device: true,
  strict: true,
})

/** What counts, and where each value comes from. */
export interface LoadedSettings {
  readonly settings: z.output<typeof effectiveSchema>
  /** As `Layer`: the strongest entry of each key. What a process decides by itself is not there. */
  readonly entries: Layer
  /** The file that was read, or null. */
  readonly file: string | null
}

/**
 * Settings by the command line, then the file, then the environment, then defaults.
 * @param folder where the command was started
 * @param file the settings file, from `folder`; null: none is read. Default: the one of the flags, else `tandem.yaml` if it exists
 * @throws Error telling which flag, line of the file or variable is wrong, what it is and what was expected
 */
export async function loadSettings(
  flags: UpFlags,
  environment: NodeJS.ProcessEnv,
  folder: string = process.cwd(),
  file: string | null = findFile(flags, folder),
): Promise<LoadedSettings> {
  const entries = mergeLayers([
    readFlags(flags),
    file === null ? new Map() : await readSettingsFile(file, folder, environment),
    readEnvironment(environment),
    defaults,
  ])
  const count = [...entries.keys()].filter((key) => /^(models|rewards)\./.test(key)).length
  if (count > maxExtraModels)
    throw new Error(`${count} models beside the pair (--model, --reward); at most ${maxExtraModels} can be served`)
  const whole = addPicker(entries)
  return { settings: joinEntries(whole), entries: whole, file }
}

const findFile = ({ config }: UpFlags, folder: string): string | null =>
  config ?? (existsSync(join(folder, defaultFileName)) ? defaultFileName : null)

/** A pair of the catalog brings its reward model, behind those that are named, unless one of these has its name. */
function addPicker(entries: Layer): Layer {
  const pair = catalog.find(({ name }) => name === entries.get('pair')?.value)
  const picker = pair && createLayer({ rewards: { picker: { source: pair.picker } } }, () => byDefault)
  return picker && !entries.has('rewards.picker') ? new Map([...entries, ...picker]) : entries
}

/** How messages name a setting: `--sft`, `tandem.yaml:3: sft`, `TANDEM_SFT`. */
export function labelOf({ entries }: LoadedSettings, key: string): string {
  const origin = entries.get(key)?.origin
  return origin?.kind === 'file' ? `${origin.at}: ${key}` : (origin?.at ?? key)
}

const byDefault: Origin = { kind: 'default', at: 'default' }

/** Of a process's own defaults those that do not depend on the machine or the models. */
const defaults: Layer = createLayer(
  {
    pair: defaultPairName,
    paired: false,
    ...Object.fromEntries(
      settingKeys.flatMap((key) => {
        const result = key === 'name' ? undefined : processVariables[variableOf(key) ?? '']?.safeParse(undefined)
        return result?.success && result.data !== undefined ? [[key, result.data]] : []
      }),
    ),
    device: 'cpu',
  },
  () => byDefault,
)

/** @param layers the strongest first */
function mergeLayers(layers: readonly Layer[]): Layer {
  const merged = new Map<string, Entry>()
  for (const layer of layers) {
    // A catalog's pair and two models of one's own are two answers to one question: a stronger origin has given its own.
    const hasPair = merged.has('pair')
    const hasModels = merged.has('sft') || merged.has('dpo')
    for (const [key, entry] of layer) {
      const isAnswered = key === 'pair' ? hasModels : hasPair && (key === 'sft' || key === 'dpo')
      if (!isAnswered && !merged.has(key)) merged.set(key, entry)
    }
  }
  return merged
}

function joinEntries(entries: Layer): LoadedSettings['settings'] {
  const joined: Record<string, unknown> = {}
  const groups: Record<string, Record<string, unknown>> = { models: {}, rewards: {} }
  for (const [path, { value }] of entries) {
    const [key = '', name] = path.split('.')
    const group = groups[key]
    if (group && name !== undefined) group[name] = value
    else joined[key] = value
  }
  return effectiveSchema.parse({ ...joined, ...groups })
}
