import type { Manifest } from '@tandem/models/folder'
import { invalidArgument } from '../../errors.js'
import type { ModelVariant } from '../engine.js'

/** Whether a model folder holds that variant. */
export const holdsVariant = ({ adapter }: Manifest, variant: ModelVariant): boolean =>
  variant === 'adapted' || (adapter?.switched ?? false)

/** @throws ServiceError INVALID_ARGUMENT if a model folder does not hold that variant */
export function assertVariant(manifest: Manifest, variant: ModelVariant): void {
  if (!holdsVariant(manifest, variant))
    throw invalidArgument('this model has no adapter that can be switched off: it is a single model, not a pair')
}
