import { createLogFormatter, hasColours } from '@tandem/process'
import type { Context } from '../context.js'

/** Writes a line of a process, with the name of the process before it. */
export type WriteLine = (name: string, line: string) => void

/**
 * Creates what `--verbose` shows of the processes: readable lines on a terminal, the lines as they
 * are elsewhere. Without `--verbose` it shows nothing.
 */
export function createLineWriter({
  isVerbose,
  output,
  environment,
}: Pick<Context, 'isVerbose' | 'output' | 'environment'>): WriteLine {
  if (!isVerbose) return () => undefined
  const format = output.isTTY
    ? createLogFormatter({ hasColours: hasColours(true, environment), hasName: false })
    : (line: string) => line
  return (name, line) => {
    const lines = format(line).split('\n')
    output.write(lines.map((text) => `[${name}] ${text}\n`).join(''))
  }
}
