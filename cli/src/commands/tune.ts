import { existsSync } from 'node:fs'
import { access, constants, realpath } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { dirname } from 'node:path'
import { loadManifest } from '@tandem/models/folder'
import { defaultFileName, type LoadedSettings, labelOf, loadSettings } from '../config/load-settings.js'
import { overlayEnvironment } from '../config/overlay-environment.js'
import { writeSetting } from '../config/write-setting.js'
import type { Context } from '../context.js'
import { decideForm, describeVerdict } from '../pairing/decide-form.js'
import { findObstacle, type TrialConditions } from '../pairing/find-obstacle.js'
import { measureForms } from '../pairing/measure-forms.js'
import { isService } from '../source-text/service-address.js'
import { type AdapterPlan, type PairPlan, planPair } from '../sources/plan-pair.js'
import { type PreparedPair, preparePlanned } from '../sources/prepare-pair.js'
import { validateSources } from '../sources/validate-sources.js'
import { readMachineFacts } from '../util/machine-facts.js'

/** The options of `tandem tune`. */
export interface TuneOptions {
  /**
   * The settings file to read and write. Default: tandem.yaml in the current folder, which may be
   * missing.
   */
  readonly config?: string | undefined
}

/**
 * `tandem tune`: measures the pair of the settings in one process and in two services, and writes
 * `paired: true` or `paired: false` into the settings file. Creates tandem.yaml if no file is
 * named.
 * @param conditionsOf reads the state of the machine before the measurement
 * @throws Error if there is nothing to measure, the machine is too busy or a service fails; nothing
 * is written then
 */
export async function tune(
  { config }: TuneOptions,
  given: Context,
  conditionsOf: (pair: PreparedPair) => Promise<TrialConditions> = readConditions,
): Promise<void> {
  const file = config ?? defaultFileName
  const isNew = config === undefined && !existsSync(file)
  const loaded = await loadSettings({}, given.environment, process.cwd(), isNew ? null : file)
  await assertWritable(file)
  validateSources(loaded)
  const context = { ...given, environment: overlayEnvironment(loaded, given.environment) }
  const { settings } = loaded
  const plan = await planPair({ ...settings, labelOf: (model) => labelOf(loaded, model) }, context)
  assertComparable(plan, loaded)
  const separate = await preparePlanned(plan, false, context)
  const obstacle = findObstacle(await conditionsOf(separate))
  if (obstacle !== null) throw new Error(`cannot measure now: ${obstacle}. Run "tandem tune" again later`)
  const paired = await preparePlanned(plan, true, context)
  context.output.write('Measuring the pair in one process and in two services ...\n')
  const { replicas, threads } = settings
  const others = Object.values(settings.models).filter(({ source }) => !isService(source)).length
  const verdict = decideForm(await measureForms({ paired, separate }, { others, replicas, threads }, context))
  const isPaired = verdict.form === 'paired'
  context.output.write(`${describeVerdict(verdict)}\n`)
  await writeSetting(file, 'paired', isPaired)
  context.answers.write(`${file}: paired: ${isPaired}\n`)
}

/** Measuring takes a minute, so that a file that cannot be written is reported before it. */
async function assertWritable(file: string): Promise<void> {
  try {
    // A link is kept, and the file behind it is replaced.
    await access(dirname(await realpath(file).catch(() => file)), constants.W_OK)
  } catch (cause) {
    throw new Error(`cannot write ${file}: its folder is not writable. Choose another file with --config`, { cause })
  }
}

/** @throws Error if the pair has only one form, or its forms cannot differ in speed */
function assertComparable(plan: PairPlan, { settings }: LoadedSettings): asserts plan is AdapterPlan {
  if (plan.kind !== 'adapter')
    throw new Error(
      `there is nothing to measure: only a LoRA adapter on the SFT model can run in one process with it, ` +
        `and ${plan.dpoTitle} is not one`,
    )
  if (settings.device !== 'cpu')
    throw new Error(
      `device is ${settings.device}: "tandem tune" measures only cpu. Set paired to true or false yourself`,
    )
  if (settings.strict)
    throw new Error('strict is true: each token then runs alone, so one process gains nothing. Set paired to false')
}

async function readConditions({ sft, dpo }: PreparedPair): Promise<TrialConditions> {
  const manifests = await Promise.all([sft, dpo].map(loadManifest))
  const pairBytes = manifests.flatMap(({ files }) => Object.values(files)).reduce((sum, { bytes }) => sum + bytes, 0)
  const { cores, freeBytes } = readMachineFacts()
  return { load: loadavg()[0] ?? 0, cores, pairBytes, freeBytes }
}
