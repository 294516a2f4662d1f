import type { LoadedSettings } from '../config/load-settings.js'
import { isService } from '../source-text/service-address.js'
import type { FormOptions } from './choose-form.js'

/** What the settings say of the pair's form. */
export const formOptions = ({ settings }: Pick<LoadedSettings, 'settings'>): FormOptions => ({
  ...settings,
  others: Object.values(settings.models).filter(({ source }) => !isService(source)).length,
})
