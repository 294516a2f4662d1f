import { parseArgs } from 'node:util'
import type { Form } from './measure/measure.js'

/** The options of the command line. */
export interface Arguments {
  readonly isShort: boolean
  /** Names in upper case. Empty means all cases. */
  readonly cases: readonly string[]
  readonly forms: readonly Form[]
  /** The file for the numbers as JSON, or null. */
  readonly json: string | null
  /** Whether to write the table into docs/performance.md. */
  readonly writes: boolean
  readonly isVerbose: boolean
  readonly asksHelp: boolean
}

/** The text of `--help`. */
export const usage = `usage: npm run bench -- [--short] [--case P5]... [--form default|fast] [--json FILE] [--write] [--verbose]

  --short     fewer rounds: about 2 minutes on 2 cores
  --case P5   runs only this case; may be repeated. The case transformers runs only if named
  --form F    measures only the default or only the fast precision; default: both
  --json FILE writes the numbers to FILE
  --write     writes the table into docs/performance.md
  --verbose   shows what the processes log`

/**
 * Parses the command line.
 * @throws Error with the wrong argument and the valid values
 */
export function parseArguments(args: readonly string[], caseNames: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean', default: false },
      case: { type: 'string', multiple: true, default: [] },
      form: { type: 'string' },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const cases = values.case.map((name) => name.toUpperCase())
  const unknown = cases.find((name) => !caseNames.includes(name))
  if (unknown !== undefined) throw new Error(`--case ${unknown} is unknown: expected one of ${caseNames.join(', ')}`)
  return {
    isShort: values.short,
    cases,
    forms: parseForms(values.form),
    json: values.json ?? null,
    writes: values.write,
    isVerbose: values.verbose,
    asksHelp: values.help,
  }
}

function parseForms(form: string | undefined): readonly Form[] {
  if (form === undefined) return ['default', 'fast']
  if (form === 'default' || form === 'fast') return [form]
  throw new Error(`--form ${form} is unknown: expected default or fast`)
}
