import { basename, dirname, resolve } from 'node:path'
import { openPromptFile, type PromptForm, planRun, runSynthesis, type SynthesisOptions } from '@tandem/evaluation'
import type { Context } from '../context.js'
import { withLock } from '../lock.js'
import { showSynthesis } from './synthesis-progress.js'
import { chosenOf, rejectedOf, type SideOptions } from './synthesis-sides.js'
import { type GatewayOptions, withGateway } from './with-gateway.js'

/** The options of `tandem synthesize`. */
export type SynthesizeOptions = GatewayOptions &
  SideOptions & {
    readonly out: string
    readonly format?: PromptForm | undefined
    readonly samples?: number | undefined
    readonly pairsPerPrompt?: number | undefined
    readonly kindField: string
    readonly expectedField: string
    readonly scoreWith?: string | undefined
    readonly implicitPrompt?: boolean | undefined
    readonly completeOnly?: boolean | undefined
    readonly maxTokens?: number | undefined
    /** Fields of every request. */
    readonly body?: Readonly<Record<string, unknown>> | undefined
    readonly seed: number
    readonly concurrency?: number | undefined
    /** Seconds. */
    readonly retryFor: number
    /** Seconds. */
    readonly timeout: number
  }

type Settings = Omit<SynthesisOptions, 'server'>

/**
 * `tandem synthesize`: makes preference pairs of a file of prompts. If it is interrupted, the same
 * command continues.
 * @throws Error as `openPromptFile`, `withGateway` and `runSynthesis`, or if an option is wrong
 */
export async function synthesize(path: string, given: SynthesizeOptions, context: Context): Promise<void> {
  const settings = await readSettings(path, given, context.signal)
  planRun(settings)
  context.output.write(`${path}: ${settings.prompts.count} prompts\n`)
  const gatewayOptions = gatewayOptionsOf(given)
  await withOutput(given.out, context, (signal) =>
    withGateway(gatewayOptions, { ...context, signal }, ({ server, model }) => {
      const named = gatewayOptions.url !== undefined && model !== undefined ? { model } : {}
      const body = { ...named, ...settings.body }
      return showSynthesis(given.out, context, (onCounts) =>
        runSynthesis({ ...settings, server, body, onCounts, signal }),
      )
    }),
  )
}

async function readSettings(path: string, given: SynthesizeOptions, signal: AbortSignal): Promise<Settings> {
  const { out, seed, concurrency, timeout, retryFor, maxTokens, body } = given
  return {
    prompts: await openPromptFile(path, signal, given.format),
    out,
    chosen: chosenOf(given),
    rejected: rejectedOf(given),
    adherence: given.pairs === 'adherence' ? adherenceOf(given) : refuseAdherence(given),
    rewardModel: given.scoreWith ?? null,
    isImplicit: given.implicitPrompt ?? false,
    completeOnly: given.completeOnly ?? false,
    body: { ...body, ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }) },
    seed,
    concurrency: concurrency ?? null,
    timeoutMs: timeout * 1000,
    retryForMs: retryFor * 1000,
    signal,
  }
}

/** Samples for each prompt, and pairs made of them, as for the embedded pair. */
const usualSamples = 6
const usualPairs = 2

const adherenceOf = ({ samples, pairsPerPrompt, kindField, expectedField }: SynthesizeOptions) => ({
  samples: samples ?? usualSamples,
  pairsPerPrompt: pairsPerPrompt ?? usualPairs,
  kindField,
  expectedField,
})

function refuseAdherence({ samples, pairsPerPrompt }: SynthesizeOptions): null {
  if (samples !== undefined) throw new Error('--samples is only for --pairs adherence: use "best-of-n n=8"')
  if (pairsPerPrompt !== undefined) throw new Error('--pairs-per-prompt is only for --pairs adherence')
  return null
}

/** The options that are left for the gateway. */
function gatewayOptionsOf(given: SynthesizeOptions): GatewayOptions {
  const { out, format, pairs, chosen, rejected, rejectedFrom, samples, pairsPerPrompt, kindField, ...more } = given
  const { expectedField, scoreWith, implicitPrompt, completeOnly, maxTokens, body, seed, ...rest } = more
  const { concurrency, retryFor, timeout, ...gateway } = rest
  return gateway
}

/** Runs work while no other process writes the same file. */
function withOutput(path: string, { output, signal }: Context, work: (signal: AbortSignal) => Promise<void>) {
  const onWait = () => output.write(`Another process writes ${path}, or was killed just now: waiting for it\n`)
  return withLock({ folder: dirname(resolve(path)), name: `${basename(path)}.lock`, onWait, signal }, work)
}
