import { messageOf } from '@tandem/process'
import { type LoadedSettings, labelOf, loadSettings } from '../config/load-settings.js'
import type { UpFlags } from '../config/read-flags.js'
import type { Context } from '../context.js'
import { validateSources } from '../sources/validate-sources.js'
import { assertKeysFor, assertPortIsFree } from '../stack/listen.js'
import { type Finding, fail, ok } from './finding.js'

/** Checks whether `tandem up` with the same options would accept its settings and get its port. */
export async function checkSettings(flags: UpFlags, { environment }: Pick<Context, 'environment'>): Promise<Finding[]> {
  const loaded = await loadValid(flags, environment).catch(messageOf)
  if (typeof loaded === 'string') return [fail('settings', loaded, 'docs/configuration.md has every key')]
  const { host, port } = loaded.settings
  const settings = ok('settings', loaded.file ?? 'no file; only the command line and the environment')
  try {
    await assertKeysFor(host, loaded.settings, labelOf(loaded, 'host'))
  } catch (error) {
    return [settings, fail('host', `${host} cannot be served`, messageOf(error))]
  }
  try {
    await assertPortIsFree(host, port)
    return [settings, ok('port', port === 0 ? `any free port of ${host}` : `${port} of ${host} is free`)]
  } catch (error) {
    return [settings, fail('port', `${port} of ${host} cannot be served`, messageOf(error))]
  }
}

/** Loads and checks the settings. Missing keys are reported with the port. */
async function loadValid(flags: UpFlags, environment: NodeJS.ProcessEnv): Promise<LoadedSettings> {
  const loaded = await loadSettings(flags, environment)
  validateSources(loaded)
  return loaded
}
