import type { Manifest } from '@tandem/models'
import { invalidArgument } from '../../errors.js'
import type { ModelVariant } from '../engine.js'

/** @throws ServiceError INVALID_ARGUMENT where a model folder does not hold that variant */
export function assertHolds({ adapter }: Manifest, variant: ModelVariant): void {
  if (variant === 'base' && !adapter?.switched)
    throw invalidArgument('this model has no adapter that can be switched off: it is one model, not a pair')
}
