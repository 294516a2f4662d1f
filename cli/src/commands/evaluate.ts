import {
  checkEvaluation,
  type EvaluationOptions,
  makeReport,
  openPromptFile,
  type PromptForm,
  runEvaluation,
} from '@tandem/evaluation'
import type { Context } from '../context.js'
import { withLock } from '../lock.js'
import { evaluatedStrategies } from './evaluated-strategies.js'
import { showEvaluation } from './evaluation-progress.js'
import { type GatewayOptions, withGateway } from './with-gateway.js'

/** The options of `tandem evaluate`. */
export type EvaluateOptions = GatewayOptions & {
  readonly out: string
  readonly format?: PromptForm | undefined
  readonly strategies: string
  readonly sweep?: readonly string[] | undefined
  readonly samples?: number | undefined
  readonly oracle?: string | undefined
  readonly picker?: string | undefined
  readonly reference?: string | undefined
  readonly baseline?: string | undefined
  readonly datasetField?: string | undefined
  /** A file of preference pairs. */
  readonly heldOut?: string | undefined
  readonly limit?: number | undefined
  readonly maxTokens?: number | undefined
  /** Fields of every request. */
  readonly body?: Readonly<Record<string, unknown>> | undefined
  readonly seed: number
  readonly concurrency?: number | undefined
  /** Seconds. */
  readonly retryFor: number
  /** Seconds. */
  readonly timeout: number
  /** Whether only the report is made, of results that are there. */
  readonly reportOnly?: boolean | undefined
  readonly export?: 'alpaca_eval' | undefined
  /** The folder of an earlier evaluation to compare with. */
  readonly compare?: string | undefined
}

/**
 * `tandem evaluate`: answers prompts with several strategies, scores the answers, and reports how
 * the strategies compare. If it is interrupted, the same command continues.
 * @throws Error as `openPromptFile`, `withGateway`, `runEvaluation` and `makeReport`, or if an
 *   option is wrong
 */
export async function evaluate(path: string | undefined, given: EvaluateOptions, context: Context): Promise<void> {
  const { out } = given
  const settings = given.reportOnly ? null : await readSettings(path, given, context.signal)
  await withOutput(out, context, async (signal) => {
    if (settings) await answer(settings, given, { ...context, signal })
    const options = { compare: given.compare ?? null, exportFor: given.export ?? null }
    const lines = await makeReport(out, options, signal)
    context.output.write(lines.map((line) => `${line}\n`).join(''))
  })
}

type Settings = Omit<EvaluationOptions, 'server'>

async function answer(settings: Settings, given: EvaluateOptions, context: Context): Promise<void> {
  const gatewayOptions = gatewayOptionsOf(given)
  context.output.write(`${settings.prompts.path}: ${settings.prompts.count} prompts\n`)
  await withGateway(gatewayOptions, context, async ({ server, model }) => {
    const named = gatewayOptions.url !== undefined && model !== undefined ? { model } : {}
    const body = { ...named, ...settings.body }
    const { signal } = context
    await showEvaluation(given.out, context, (onCounts) =>
      runEvaluation({ ...settings, server, body, onCounts, signal }),
    )
  })
}

async function readSettings(path: string | undefined, given: EvaluateOptions, signal: AbortSignal): Promise<Settings> {
  if (path === undefined) throw new Error('the file of prompts is missing. Only --report-only needs none')
  const { out, seed, concurrency, timeout, retryFor, maxTokens, body } = given
  const settings = {
    prompts: await openPromptFile(path, signal, given.format),
    out,
    strategies: evaluatedStrategies(given.strategies, given.sweep ?? []),
    samples: given.samples ?? null,
    ...{ oracle: given.oracle ?? null, picker: given.picker ?? null },
    ...{ reference: given.reference ?? null, baseline: given.baseline ?? null },
    ...{ datasetField: given.datasetField ?? null, limit: given.limit ?? null },
    heldOut: given.heldOut === undefined ? null : await openPromptFile(given.heldOut, signal, 'trl'),
    body: { ...body, ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }) },
    seed,
    concurrency: concurrency ?? null,
    ...{ timeoutMs: timeout * 1000, retryForMs: retryFor * 1000 },
    signal,
  }
  checkEvaluation(settings)
  return settings
}

/** The options that are left for the gateway. */
function gatewayOptionsOf(given: EvaluateOptions): GatewayOptions {
  const { out, format, strategies, sweep, samples, oracle, picker, reference, baseline, datasetField, ...more } = given
  const { limit, heldOut, maxTokens, body, seed, concurrency, retryFor, timeout, reportOnly, ...rest } = more
  const { export: _format, compare, ...gateway } = rest
  return gateway
}

/** Runs work while no other process writes into the same folder. */
function withOutput(folder: string, { output, signal }: Context, work: (signal: AbortSignal) => Promise<void>) {
  const onWait = () => output.write(`Another process writes into ${folder}, or was killed just now: waiting for it\n`)
  return withLock({ folder, name: 'evaluation.lock', onWait, signal }, work)
}
