import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import { validateSources } from '../sources/validate-sources.js'
import { assertKeysFor } from '../stack/listen.js'

/**
 * Checks what can be known from the settings only, without looking at any model.
 * @throws Error saying what is wrong and what to do instead
 */
export async function validateSettings(loaded: LoadedSettings): Promise<void> {
  const { host, api_keys: keys } = loaded.settings
  await assertKeysFor(host, keys, labelOf(loaded, 'host'))
  validateSources(loaded)
}
