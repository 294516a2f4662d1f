import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeRows } from './data/write-rows.js'
import { runStepCommand } from './run-step-command.js'
import type { Program, Step } from './step.js'

/** Where and how the steps run. */
export interface RunOptions {
  /** The folder of all files. */
  readonly out: string
  /** The words that start each program. */
  readonly programs: Readonly<Record<Program, readonly string[]>>
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  /** Shows the progress. */
  readonly write: (text: string) => void
}

/**
 * Runs the steps in their order, except those that are complete.
 * @throws Error as `runStepCommand`
 */
export async function runSteps(steps: readonly Step[], options: RunOptions): Promise<void> {
  await mkdir(join(options.out, 'logs'), { recursive: true })
  for (const [i, step] of steps.entries()) {
    options.signal.throwIfAborted()
    options.write(`${i + 1}/${steps.length} ${step.name}: `)
    const start = performance.now()
    const isComplete = existsSync(join(options.out, step.output))
    if (!isComplete) await runStep(step, options)
    options.write(isComplete ? 'is complete\n' : `${((performance.now() - start) / 1000).toFixed(0)} s\n`)
  }
}

async function runStep({ name, work }: Step, { out, programs, env, signal }: RunOptions): Promise<void> {
  if ('rows' in work) return writeRows(join(out, 'data'), work.rows)
  const words = [...programs[work.program], ...work.args]
  await runStepCommand({ words, cwd: out, env, log: join(out, 'logs', `${name}.log`) }, signal)
}
