import { spawnSync } from 'node:child_process'
import { deployedFolder } from './deployed.js'

/** The result of promtool. */
export interface PromtoolEnd {
  /** 0 if all is well; 3 if a metric breaks Prometheus's naming rules. */
  readonly code: number | null
  readonly output: string
}

const installHint = 'install it: apt-get install prometheus'

/** Whether a program can be run. */
const has = (program: string) => spawnSync(program, ['--version']).status === 0

/** Why tests with promtool are skipped; empty if it is installed. */
export const withoutPromtool = has('promtool') ? '' : ` (promtool is missing; ${installHint})`
/** Why tests with Prometheus are skipped; empty if it is installed. */
export const withoutPrometheus = has('prometheus') ? '' : ` (prometheus is missing; ${installHint})`

/** Runs promtool in the folder of what is deployed. */
export function runPromtool(args: readonly string[], input = ''): PromtoolEnd {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: deployedFolder, input, encoding: 'utf8' })
  return { code: status, output: stdout + stderr }
}
