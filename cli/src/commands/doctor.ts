import type { UpFlags } from '../config/read-flags.js'
import type { Context } from '../context.js'
import { checkCache } from '../doctor/check-cache.js'
import { checkMachine } from '../doctor/check-machine.js'
import { checkModels } from '../doctor/check-models.js'
import { checkPip } from '../doctor/check-pip.js'
import { checkRuntime } from '../doctor/check-runtime.js'
import { checkSettings } from '../doctor/check-settings.js'
import type { Finding } from '../doctor/finding.js'
import { readMachineFacts } from '../util/machine-facts.js'

/** The options of `tandem doctor`. */
export type DoctorOptions = Pick<UpFlags, 'config' | 'host' | 'port' | 'apiKey'> & {
  /** Whether to read every byte in the cache. */
  readonly hashes?: boolean | undefined
  readonly json?: boolean | undefined
}

/**
 * `tandem doctor`: checks whether Tandem can run here, and says what to do if it cannot. Changes
 * nothing.
 * @throws Error naming the failed checks, after all are printed
 */
export async function doctor({ hashes = false, json, ...flags }: DoctorOptions, context: Context): Promise<void> {
  const findings = [
    ...checkMachine(readMachineFacts()),
    await checkRuntime(context),
    await checkPip(context),
    await checkCache(context.home),
    ...(await checkSettings(flags, context)),
    ...(await checkModels(hashes, context)),
  ]
  context.answers.write(json ? `${JSON.stringify(findings, null, 2)}\n` : findings.map(toLines).join(''))
  const failed = findings.filter(({ status }) => status === 'fail').map(({ name }) => name)
  if (failed.length > 0) throw new Error(`Tandem cannot run here. Failed checks: ${[...new Set(failed)].join(', ')}`)
}

const toLines = ({ status, name, found, advice }: Finding) =>
  `${status.padEnd(4)}  ${name.padEnd(11)}  ${found}\n${advice === null ? '' : `${' '.repeat(19)}${advice}\n`}`
