import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { defaultPairName } from '@tandem/models'
import type { z } from 'zod'
import { createLayer, type Entry, type Layer } from './layer.js'
import { readEnvironment } from './read-environment.js'
import { readSettingsFile } from './read-file.js'
import { readFlags, type UpFlags } from './read-flags.js'
import { maxBeside, processVariables, settingKeys, settingsSchema, variableOf } from './settings.js'

/** Read where it stands in the folder that a command is started in. */
export const defaultFileName = 'tandem.yaml'

const effectiveSchema = settingsSchema.required({ host: true, port: true, api_keys: true, models: true, rewards: true })

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
 * @throws Error telling which flag, line of the file or variable is wrong, what it is and what was expected
 */
export async function loadSettings(
  flags: UpFlags,
  environment: NodeJS.ProcessEnv,
  folder: string = process.cwd(),
): Promise<LoadedSettings> {
  const file = flags.config ?? (existsSync(join(folder, defaultFileName)) ? defaultFileName : null)
  const entries = mergeLayers([
    defaults,
    readEnvironment(environment),
    file === null ? new Map() : await readSettingsFile(file, folder, environment),
    readFlags(flags),
  ])
  const count = [...entries.keys()].filter((key) => /^(models|rewards)\./.test(key)).length
  if (count > maxBeside)
    throw new Error(`${count} models beside the pair (--model, --reward); at most ${maxBeside} can be served`)
  return { settings: joinEntries(entries), entries, file }
}

/** How messages name a setting: `--sft`, `tandem.yaml:3: sft`, `TANDEM_SFT`. */
export function labelOf({ entries }: LoadedSettings, key: string): string {
  const origin = entries.get(key)?.origin
  return origin?.kind === 'file' ? `${origin.at}: ${key}` : (origin?.at ?? key)
}

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
  () => ({ kind: 'default', at: 'default' }),
)

/** @param layers the weakest first */
function mergeLayers(layers: readonly Layer[]): Layer {
  const merged = new Map<string, Entry>()
  for (const layer of layers) {
    // A catalog's pair and two models of one's own are two answers to one question: the stronger origin has given its own.
    if (layer.has('pair')) for (const key of ['sft', 'dpo']) merged.delete(key)
    if ((layer.has('sft') || layer.has('dpo')) && !layer.has('pair')) merged.delete('pair')
    for (const [key, entry] of layer) merged.set(key, entry)
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
