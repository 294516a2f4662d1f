import { validateSources } from '../sources/validate-sources.js'
import { assertKeysFor } from '../stack/listen.js'
import type { LoadedSettings } from '../config/load-settings.js'

/** Refuses what `tandem up` cannot serve, as far as settings alone tell. @throws Error telling what to do instead */
export function validateSettings(loaded: LoadedSettings): void {
  const { host, api_keys: keys } = loaded.settings
  assertKeysFor(host, keys)
  validateSources(loaded)
}
