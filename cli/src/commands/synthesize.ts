import { openPromptFile, planRun, runSynthesis, type SynthesisOptions } from '@tandem/evaluation'
import type { Context } from '../context.js'
import { describeCounts } from './describe-counts.js'
import { type FileRunOptions, modelField, runSettings, showProgress, withOutput } from './file-run.js'
import { chosenOf, rejectedOf, type SideOptions } from './synthesis-sides.js'
import { withGateway } from './with-gateway.js'

/** The options of `tandem synthesize`. */
export type SynthesizeOptions = FileRunOptions &
  SideOptions & {
    readonly samples?: number | undefined
    readonly pairsPerPrompt?: number | undefined
    readonly failedPairsPerPrompt?: number | undefined
    readonly kindField: string
    readonly expectedField: string
    readonly scoreWith?: string | undefined
    readonly implicitPrompt?: boolean | undefined
    readonly completeOnly?: boolean | undefined
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
  const counts = await withOutput(given.out, context, (signal) =>
    withGateway(given, { ...context, signal }, (gateway) => {
      const body = { ...modelField(given, gateway), ...settings.body }
      return showProgress(given.out, context, (onCounts) =>
        runSynthesis({ ...settings, server: gateway.server, body, onCounts, signal }),
      )
    }),
  )
  context.output.write(describeCounts(given.out, counts))
}

async function readSettings(path: string, given: SynthesizeOptions, signal: AbortSignal): Promise<Settings> {
  return {
    ...runSettings(given),
    prompts: await openPromptFile(path, signal, given.format),
    chosen: chosenOf(given),
    rejected: rejectedOf(given),
    adherence: given.pairs === 'adherence' ? adherenceOf(given) : refuseAdherence(given),
    rewardModel: given.scoreWith ?? null,
    isImplicit: given.implicitPrompt ?? false,
    completeOnly: given.completeOnly ?? false,
    signal,
  }
}

/** Samples for each prompt, and pairs made of them, as for the embedded pair. */
const usualSamples = 6
const usualPairs = 2

const adherenceOf = (given: SynthesizeOptions) => ({
  samples: given.samples ?? usualSamples,
  pairsPerPrompt: given.pairsPerPrompt ?? usualPairs,
  failedPairsPerPrompt: given.failedPairsPerPrompt ?? 0,
  kindField: given.kindField,
  expectedField: given.expectedField,
})

function refuseAdherence({ samples, pairsPerPrompt, failedPairsPerPrompt }: SynthesizeOptions): null {
  if (samples !== undefined) throw new Error('--samples is only for --pairs adherence: use "best-of-n n=8"')
  if (pairsPerPrompt !== undefined) throw new Error('--pairs-per-prompt is only for --pairs adherence')
  if (failedPairsPerPrompt !== undefined) throw new Error('--failed-pairs-per-prompt is only for --pairs adherence')
  return null
}
