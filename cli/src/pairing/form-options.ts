import type { LoadedSettings } from '../config/load-settings.js'
import { isService } from '../sources/source.js'
import type { FormOptions } from './choose-form.js'

/** What the settings say of the pair's form. */
export const formOptions = ({ settings }: Pick<LoadedSettings, 'settings'>): FormOptions => ({
  ...settings,
  others: Object.values(settings.models).filter(({ source }) => !isService(source)).length,
})
