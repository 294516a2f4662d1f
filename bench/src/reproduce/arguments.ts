import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

/** The text of `--help`. */
export const usage = `usage: npm run reproduce -- [--out FOLDER]

Runs the path of the paper in small: SFT, DPO, reward models, the comparison of decoding methods, and iterative DPO.
The models are tiny and are trained here, by tandem-train, on an artificial preference. The answers and the pairs come
from tandem evaluate and tandem synthesize. It takes some minutes on 2 cores.

  --out FOLDER   the folder of all files (default: reproduction); if it was begun before, the run continues there

It needs the Python of docs/training.md: training/.venv, or the one that TANDEM_TRAINING_PYTHON names.`

/** The options of the command line. */
export interface ReproduceArguments {
  /** The folder of all files, as an absolute path. */
  readonly out: string
  readonly asksHelp: boolean
}

/** @throws Error that names the wrong argument */
export function parseReproduceArguments(args: readonly string[]): ReproduceArguments {
  const { values } = parseArgs({
    args: [...args],
    options: { out: { type: 'string', default: 'reproduction' }, help: { type: 'boolean', default: false } },
  })
  return { out: resolve(values.out), asksHelp: values.help }
}
