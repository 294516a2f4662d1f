import { cp, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fixturesFolder } from '../../../support/fixtures.js'
import { runProgram } from '../../../support/run-program.js'

/** A pair of outputs that alpaca_eval has joined and compared. */
export interface Annotation {
  readonly instruction: string
  /** The output of the reference. */
  readonly output_1: string
  /** The output of the model. */
  readonly output_2: string
  /** From 1, the reference's is better, to 2; 1.5 is a tie. */
  readonly preference: number | null
}

/** What alpaca_eval writes. */
export interface AlpacaResult {
  readonly annotations: readonly Annotation[]
  /** The columns of the leaderboard, of the only model. */
  readonly leaderboard: Readonly<Record<string, string>>
}

const limitMs = 600_000

/**
 * Runs `alpaca_eval` as its users do, with an annotator whose OpenAI client asks `judgeUrl`.
 * @param python the program of an environment with alpaca_eval
 * @param folder an empty folder for what it writes
 * @throws Error with the end of its output if it fails
 */
export async function runEvaluate(
  python: string,
  { model, reference }: { readonly model: string; readonly reference: string },
  judgeUrl: string,
  folder: string,
): Promise<AlpacaResult> {
  // It writes a cache of annotations next to the configuration.
  const annotator = join(folder, 'reward_judge')
  await cp(join(fixturesFolder, 'alpaca-eval/reward_judge'), annotator, { recursive: true })
  const files = ['--model_outputs', model, '--reference_outputs', reference, '--output_path', folder]
  const metric = ['--annotators_config', annotator, '--fn_metric', 'get_winrate', '--sort_by', 'win_rate']
  const env = {
    ...{ OPENAI_API_BASE: judgeUrl, OPENAI_API_KEY: 'none', HF_HOME: join(folder, 'hub') },
    ...{ HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1' },
  }
  const program = [join(dirname(python), 'alpaca_eval'), 'evaluate', ...files, ...metric]
  const { code, stdout, stderr } = await runProgram(python, program, { env, cwd: folder, limitMs })
  if (code !== 0) throw new Error(`alpaca_eval ended with ${code}: ${(stdout + stderr).slice(-2000)}`)
  const read = (name: string) => readFile(join(folder, name), 'utf8')
  return {
    annotations: JSON.parse(await read('annotations.json')) as Annotation[],
    leaderboard: parseRow(await read('leaderboard.csv')),
  }
}

/** Parses a CSV file with one row, whose values have no quotes. */
function parseRow(csv: string): Record<string, string> {
  const [names = [], values = []] = csv
    .trim()
    .split('\n')
    .map((line) => line.split(','))
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']))
}
