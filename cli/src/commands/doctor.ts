import type { UpFlags } from '../config/read-flags.js'
import { checkCache } from '../doctor/check-cache.js'
import { checkMachine } from '../doctor/check-machine.js'
import { checkModels } from '../doctor/check-models.js'
import { checkPip } from '../doctor/check-pip.js'
import { checkRuntime } from '../doctor/check-runtime.js'
import { checkSettings } from '../doctor/check-settings.js'
import type { Finding } from '../doctor/finding.js'
import type { Context } from '../context.js'
import { readMachineFacts } from '../util/machine-facts.js'

export type DoctorOptions = Pick<UpFlags, 'config' | 'host' | 'port' | 'apiKey'> & {
  /** Reads every byte of what the cache holds. */
  readonly hashes?: boolean | undefined
  readonly json?: boolean | undefined
}

/**
 * `tandem doctor`: whether Tandem can run here, with what to do where it cannot. Changes nothing.
 * @throws Error naming the checks that failed, once all are told
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
  if (failed.length > 0) throw new Error(`Tandem does not run so: ${[...new Set(failed)].join(', ')}`)
}

const toLines = ({ status, name, found, advice }: Finding) =>
  `${status.padEnd(4)}  ${name.padEnd(11)}  ${found}\n${advice === null ? '' : `${' '.repeat(19)}${advice}\n`}`
