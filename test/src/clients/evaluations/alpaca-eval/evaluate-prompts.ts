import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finishCli, startCli } from '../../../support/cli-run.js'
import type { Server } from '../server.js'
import type { AlpacaPrompt } from './prompts.js'

/** A row of `model_outputs`. */
export interface OutputRow {
  readonly instruction: string
  readonly output: string
  readonly generator: string
}

/** The exports of two strategies, and what Tandem's report says of them. */
export interface Evaluated {
  readonly model: Exported
  readonly reference: Exported
  readonly report: ReportedWin
}

/** An export. */
export interface Exported {
  readonly path: string
  readonly rows: readonly OutputRow[]
}

/** The win rate of the model against the reference. */
export interface ReportedWin {
  /** From 0 to 1. */
  readonly rate: number
  /** The number of prompts. */
  readonly count: number
}

/** The reward model that the report and the judge use. */
export const oracle = 'oracle'
/**
 * The win rates of a report are those of its first strategy. At this alpha, some of its answers are
 * those of the second one: ties.
 */
const [model, reference] = ['aad alpha=0.8', 'greedy-dpo']

/** Runs `tandem evaluate` on prompts and exports the answers for alpaca_eval. */
export async function evaluatePrompts(
  { url, key }: Server,
  prompts: readonly AlpacaPrompt[],
  folder: string,
): Promise<Evaluated> {
  const [path, out] = [join(folder, 'prompts.json'), join(folder, 'run')]
  await writeFile(path, JSON.stringify(prompts))
  const asked = [
    '--url',
    url,
    '--api-key',
    key,
    '--strategies',
    `${model},${reference}`,
    '--max-tokens',
    '12',
    '--oracle',
    oracle,
  ]
  await finishCli(startCli(['evaluate', path, '--out', out, ...asked, '--export', 'alpaca_eval'], join(folder, 'home')))
  const read = async (name: string) => JSON.parse(await readFile(join(out, name), 'utf8')) as unknown
  const exported = async (name: string): Promise<Exported> => {
    const file = join('alpaca_eval', `${name.replace(' ', '_')}.json`)
    return { path: join(out, file), rows: (await read(file)) as OutputRow[] }
  }
  return {
    model: await exported(model),
    reference: await exported(reference),
    report: winOf((await read('report.json')) as Report),
  }
}

interface Report {
  readonly tables: readonly {
    readonly id: string
    readonly columns: readonly string[]
    readonly rows: readonly (readonly { text?: string; estimate?: { value: number; count: number } }[])[]
  }[]
}

function winOf({ tables }: Report): ReportedWin {
  const table = tables.find(({ id }) => id === 'methods')
  const row = table?.rows.find(([name]) => name?.text === reference)
  const { value = Number.NaN, count = 0 } = row?.[table?.columns.indexOf('W') ?? -1]?.estimate ?? {}
  return { rate: value, count }
}
