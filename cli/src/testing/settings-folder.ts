import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { type LoadedSettings, loadSettings } from '../config/load-settings.js'
import type { UpFlags } from '../config/read-flags.js'

/** The folder of the running test. */
export let folder: string

/** Makes a new folder before each test, and removes it after it. */
export function useFolder(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-settings-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
}

/** Writes a settings file. */
export const write = (text: string, name = 'tandem.yaml') => writeFile(join(folder, name), text)
/** Loads the settings of a command that runs in the folder. */
export const load = (flags: UpFlags = {}, environment: NodeJS.ProcessEnv = {}) =>
  loadSettings(flags, environment, folder)
/** The settings that name the pair. */
export const ofPair = ({ settings: { pair, sft, dpo } }: LoadedSettings) =>
  Object.fromEntries(Object.entries({ pair, sft, dpo }).filter(([, value]) => value !== undefined))
