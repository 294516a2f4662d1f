import { createRequire } from 'node:module'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { loadManifest } from '@tandem/models'
import type { Context } from '../context.js'
import { readMachineFacts } from '../util/machine-facts.js'
import { cachedName } from '../sources/build-cached.js'
import type { AdapterPlan, PairPlan } from '../sources/plan-pair.js'
import { type PreparedPair, preparePlanned } from '../sources/prepare-pair.js'
import { findObstacle, type TrialConditions } from './find-obstacle.js'
import { tryForms } from './try-forms.js'
import { decideForm, describeVerdict, formOf, type Verdict } from './verdict.js'
import { readVerdict, type TrialKey, writeVerdict } from './verdict-store.js'

/** What the form of a pair depends on beside the pair. */
export interface FormOptions {
  /** `auto`: what a trial finds, once. */
  readonly paired: boolean | 'auto'
  readonly device: string
  /** One token of one session a run: one pass of both models is none. */
  readonly strict: boolean
  readonly threads?: number | undefined
  /** Logit services that are started beside the pair. */
  readonly others: number
}

/** The same file from src/ and from dist/. */
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }

/**
 * Makes a pair ready in the form that it is to be served in. Where that is left open and nothing has been measured yet, both forms
 * are built and tried; the verdict is kept. A trial that cannot be made, or fails, is told and means two services.
 * @param conditionsOf what a trial of a pair meets on this machine
 * @throws Error as preparePlanned; the signal's reason on abort
 */
export async function prepareInForm(
  plan: PairPlan,
  options: FormOptions,
  context: Context,
  conditionsOf = readConditions,
): Promise<PreparedPair> {
  if (options.paired !== 'auto') return preparePlanned(plan, options.paired, context)
  if (!isOpen(plan, options)) return preparePlanned(plan, false, context)
  const key = await trialKey(plan, options, context.signal)
  const verdict = await readVerdict(context.home, key)
  if (verdict !== null) return preparePlanned(plan, formOf(verdict) === 'paired', context)
  return tryOnce(plan, key, context, conditionsOf)
}

/** The same without a trial: what was measured before, else two services. */
export async function prepareInKnownForm(
  plan: PairPlan,
  options: FormOptions,
  context: Context,
): Promise<PreparedPair> {
  return preparePlanned(plan, (await findForm(plan, options, context)) ?? false, context)
}

/** What was found for a pair before; null where nothing was, or nothing is to be. */
export async function findVerdict(
  plan: PairPlan,
  options: FormOptions,
  { home, signal }: Pick<Context, 'home' | 'signal'>,
): Promise<Verdict | null> {
  if (options.paired !== 'auto' || !isOpen(plan, options)) return null
  return readVerdict(home, await trialKey(plan, options, signal))
}

/** Whether one process would hold both models; null where a trial has yet to tell. */
export async function findForm(
  plan: PairPlan,
  options: FormOptions,
  context: Pick<Context, 'home' | 'signal'>,
): Promise<boolean | null> {
  if (options.paired !== 'auto') return options.paired
  if (!isOpen(plan, options)) return false
  const verdict = await findVerdict(plan, options, context)
  return verdict && formOf(verdict) === 'paired'
}

/** Whether both forms can be had, and either may be the faster. */
const isOpen = (plan: PairPlan, { device, strict }: FormOptions): plan is AdapterPlan =>
  plan.kind === 'adapter' && device === 'cpu' && !strict

async function tryOnce(
  plan: AdapterPlan,
  key: TrialKey,
  context: Context,
  conditionsOf: typeof readConditions,
): Promise<PreparedPair> {
  const { home, output, signal } = context
  const apart = await preparePlanned(plan, false, context)
  const reason = findObstacle(await conditionsOf(apart))
  if (reason !== null) {
    // Not kept: the next start may find another machine.
    output.write(`${describeVerdict({ type: 'failed', reason })}. --paired and --no-paired choose without a trial.\n`)
    return apart
  }
  const paired = await preparePlanned(plan, true, context)
  output.write('Trying the pair in one process and in two, once ...\n')
  const found = await tryForms({ paired, apart }, key, context)
    .then(decideForm)
    .catch((error: unknown): Verdict => {
      signal.throwIfAborted()
      return { type: 'failed', reason: firstLine(error) }
    })
  await writeVerdict(home, key, found)
  output.write(`${describeVerdict(found)}\n`)
  return formOf(found) === 'paired' ? paired : apart
}

async function readConditions({ sft, dpo }: PreparedPair): Promise<TrialConditions> {
  const folders = await Promise.all([sft, dpo].map(loadManifest))
  const pairBytes = folders.flatMap(({ files }) => Object.values(files)).reduce((sum, { bytes }) => sum + bytes, 0)
  const { cores, freeBytes } = readMachineFacts()
  return { load: loadavg()[0] ?? 0, cores, pairBytes, freeBytes }
}

/** What the verdict of a pair is kept by. */
export async function trialKey(
  plan: AdapterPlan,
  { threads, others }: Pick<FormOptions, 'threads' | 'others'>,
  signal: AbortSignal,
): Promise<TrialKey> {
  const folders = await Promise.all([plan.sft, plan.dpo, plan.both].map((request) => cachedName(request, signal)))
  const processor = cpus()[0]?.model.trim() ?? 'unknown processor'
  return { processor, cores: availableParallelism(), threads: threads ?? null, others, folders, version }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 200) ?? ''
