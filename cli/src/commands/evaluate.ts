import { join } from 'node:path'
import {
  checkEvaluation,
  type EvaluationOptions,
  makeReport,
  maxJudgeRequests,
  openPromptFile,
  runEvaluation,
} from '@tandem/evaluation'
import { loadSettings } from '../config/load-settings.js'
import type { Context } from '../context.js'
import { evaluatedStrategies } from './evaluated-strategies.js'
import { type FileRunOptions, modelField, runSettings, showProgress, withOutput } from './file-run.js'
import { type JudgeFlags, judgeOptions } from './judge-options.js'
import { withGateway } from './with-gateway.js'

type AskOptions = FileRunOptions & JudgeFlags

/** The options of `tandem evaluate`. */
export type EvaluateOptions = AskOptions & {
  readonly strategies: string
  readonly sweep?: readonly string[] | undefined
  readonly samples?: number | undefined
  readonly oracle?: string | undefined
  readonly picker?: string | undefined
  readonly reference?: string | undefined
  readonly baseline?: string | undefined
  readonly datasetField?: string | undefined
  readonly expectedField?: string | undefined
  /** A file of preference pairs. */
  readonly heldOut?: string | undefined
  readonly limit?: number | undefined
  /** Whether only the report is made, of results that are there. */
  readonly reportOnly?: boolean | undefined
  readonly export?: 'alpaca_eval' | undefined
  /** The folder of an earlier evaluation to compare with. */
  readonly compare?: string | undefined
  /** Folders of evaluations of other pairs. */
  readonly combine?: readonly string[] | undefined
}

/**
 * `tandem evaluate`: answers prompts with several strategies, scores the answers, and reports how
 * the strategies compare. If it is interrupted, the same command continues.
 * @throws Error as `openPromptFile`, `withGateway`, `runEvaluation` and `makeReport`, or if an
 *   option is wrong
 */
export async function evaluate(path: string | undefined, given: EvaluateOptions, context: Context): Promise<void> {
  const { out } = given
  const settings = given.reportOnly ? null : await readSettings(path, given, context)
  const work = async (signal: AbortSignal) => {
    if (settings) await answer(settings, given, { ...context, signal })
    const { compare = null, combine = [], export: exportFor = null } = given
    const options = { compare, combine, exportFor }
    const lines = await makeReport(out, options, signal)
    context.output.write(lines.map((line) => `${line}\n`).join(''))
  }
  // The folder may be a volume, with no place for a lock next to it.
  await withOutput(out, context, work, join(out, 'evaluation'))
}

type Settings = Omit<EvaluationOptions, 'serve'>

async function answer(settings: Settings, given: EvaluateOptions, context: Context): Promise<void> {
  context.output.write(`${settings.prompts.path}: ${settings.prompts.count} prompts\n`)
  context.output.write(describeJudge(settings))
  const { signal } = context
  await showProgress(given.out, context, (onCounts, end) => {
    const serve: EvaluationOptions['serve'] = (adapterScale, work) => {
      end()
      if (adapterScale !== null) context.output.write(`The adapter is applied at ${adapterScale} of its own scale\n`)
      const scaled = { ...given, ...(adapterScale === null ? {} : { adapterScale }) }
      return withGateway(scaled, context, (gateway) =>
        work({ server: gateway.server, model: modelField(given, gateway).model }),
      )
    }
    return runEvaluation({ ...settings, serve, onCounts, signal })
  })
}

/** How much the judge is asked, before anything starts: it may cost money. */
function describeJudge(settings: Settings): string {
  const { judge, prompts, limit } = settings
  if (judge === null) return ''
  const requests = maxJudgeRequests(checkEvaluation(settings), judge, Math.min(prompts.count, limit ?? prompts.count))
  return `Judge ${judge.name}: at most ${requests} requests, for both orders of ${requests / 2} pairs of answers\n`
}

async function readSettings(path: string | undefined, given: EvaluateOptions, context: Context): Promise<Settings> {
  if (path === undefined) throw new Error('the file of prompts is missing. Only --report-only needs none')
  const { signal } = context
  const strategies = evaluatedStrategies(given.strategies, given.sweep ?? [])
  const settings = {
    ...runSettings(given),
    prompts: await openPromptFile(path, signal, given.format),
    ...{ strategies, adapterScale: await ownScale(strategies, given, context) },
    samples: given.samples ?? null,
    ...{ oracle: given.oracle ?? null, picker: given.picker ?? null },
    ...{ reference: given.reference ?? null, baseline: given.baseline ?? null },
    ...{ datasetField: given.datasetField ?? null, expectedField: given.expectedField ?? 'expected' },
    limit: given.limit ?? null,
    judge: await judgeOptions(given, context.environment),
    heldOut: given.heldOut === undefined ? null : await openPromptFile(given.heldOut, signal, 'trl'),
    signal,
  }
  checkEvaluation(settings)
  return settings
}

/**
 * The scale of the strategies that name none, if others name one: then every pair is started with a
 * scale, so that a model that has none is refused before anything is answered.
 * @throws Error if a gateway runs already, whose adapter has one scale
 */
async function ownScale(
  strategies: EvaluationOptions['strategies'],
  { url, ...flags }: EvaluateOptions,
  { environment }: Context,
): Promise<number | null> {
  if (strategies.every(({ adapterScale }) => adapterScale === null)) return null
  if (url === undefined) return (await loadSettings(flags, environment)).settings.adapter_scale ?? 1
  throw new Error(
    `adapter_scale needs models that this command starts, and the gateway at --url has its own: remove --url. Or serve ` +
      'the scales as additional models there (models: dpo_04: {source: ..., adapter_scale: 0.4}), and name ' +
      'them: "contrastive expert=dpo_04" is aad at that scale',
  )
}
