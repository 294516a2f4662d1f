import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryFolder } from './fixtures.js'
import { runProgram } from './run-program.js'

const importLimitMs = 300_000

/** A Python that runs the training recipes, or the reason why there is none. */
export type TrainingPython = { readonly python: string } | { readonly missing: string }

/**
 * Finds the Python of `training/`: the one that `TANDEM_TRAINING_PYTHON` names, or that of
 * `training/.venv`. It installs nothing, because torch brings several gigabytes.
 */
export async function findTrainingPython(): Promise<TrainingPython> {
  const python = process.env.TANDEM_TRAINING_PYTHON ?? join(repositoryFolder, 'training/.venv/bin/python')
  if (!existsSync(python)) return { missing: `${python} is missing: docs/training.md says how to install it` }
  const { code, stderr } = await runProgram(python, ['-c', 'import trl, pytest'], { limitMs: importLimitMs })
  return code === 0 ? { python } : { missing: `${python} cannot import trl: ${stderr.trim().split('\n').at(-1)}` }
}
